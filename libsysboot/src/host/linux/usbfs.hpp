// SPDX-License-Identifier: GPL-3.0-or-later
// Linux: opening the one device file that is meant, without a scan of the bus.
#pragma once

#include <memory>

#include "host/libusb/libusb_context.hpp"
#include "sysboot/usb.hpp"
#include "sysfs.hpp"

namespace sysboot {

/// Errors: not_permitted (also when /sys lists the device, but it has no file, as in a container
/// that was not given any), no_driver, busy, board_gone, usb_io.
std::unique_ptr<UsbDevice> open_usbfs(const UsbDeviceInfo& info, const Sysfs& sysfs,
                                      SharedLibusb context);

bool may_open_usbfs(const UsbDeviceInfo& info);

/// "/dev/bus/usb/001/004"
std::string usbfs_path(const UsbDeviceInfo& info);

}  // namespace sysboot
