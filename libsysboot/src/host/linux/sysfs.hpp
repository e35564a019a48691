// SPDX-License-Identifier: GPL-3.0-or-later
// Linux: USB devices and their serial ports, as /sys shows them. Nothing is opened, so no
// permission is needed, no device notices, and it works without udev.
#pragma once

#include <filesystem>
#include <map>
#include <optional>

#include "sysboot/host.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

/// usb_devices() is called by one thread at a time; the others may be called meanwhile.
class Sysfs {
 public:
  /// `root` is "/sys", or a copy of such a tree in tests.
  explicit Sysfs(std::filesystem::path root);

  std::optional<std::string> unavailable() const;
  std::vector<UsbDeviceInfo> usb_devices();
  /// Is it still there, and has not enumerated again?
  bool has(const UsbDeviceInfo& device) const;
  std::vector<SerialPortInfo> serial_ports() const;

 private:
  const UsbDeviceInfo* device(const std::filesystem::path& folder);

  std::filesystem::path root_;
  std::map<std::string, UsbDeviceInfo> known_;  // by port path; read again when the address changes
};

}  // namespace sysboot
