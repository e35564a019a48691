// SPDX-License-Identifier: GPL-3.0-or-later
// macOS and Windows: the bus as libusb lists it. Descriptors are there without opening anything;
// names and serial numbers are not.
#pragma once

#include <optional>

#include "libusb_device.hpp"

namespace sysboot {

/// devices() is called by one thread at a time.
class LibusbBus {
 public:
  explicit LibusbBus(LibusbContexts& libusb);

  /// Why libusb did not start, if so.
  const std::optional<std::string>& unavailable() const { return unavailable_; }
  /// Without hubs, in order of port path.
  std::vector<UsbDeviceInfo> devices() const;

 private:
  SharedLibusb context_;
  std::optional<std::string> unavailable_;
};

/// The device with this bus and address. Errors: board_gone, and those of libusb_failed.
std::unique_ptr<UsbDevice> open_on_libusb_bus(const UsbDeviceInfo& info, SharedLibusb context);

}  // namespace sysboot
