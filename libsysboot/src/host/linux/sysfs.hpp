// SPDX-License-Identifier: GPL-3.0-or-later
// Linux: USB devices and their serial ports, as /sys shows them. Nothing is opened, so no
// permission is needed, no device notices, and it works without udev.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

#include "host/posix/descriptor.hpp"
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
  struct Known {
    Descriptor devnum;
    std::optional<UsbDeviceInfo> info;  // read again when the address changes
    std::uint64_t look = 0;             // the last one at which it was there
  };
  const UsbDeviceInfo* device(const std::string& name);

  std::filesystem::path root_;
  std::uint64_t look_ = 0;
  std::map<std::string, Known> known_;  // by port path
};

}  // namespace sysboot
