// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices through libusb.
#pragma once

#include <memory>

#include "sysboot/usb.hpp"

namespace sysboot {

/// Errors: not_permitted, no_driver, busy, board_gone, usb_io.
std::unique_ptr<UsbDevice> open_with_libusb(const UsbDeviceInfo& info);

bool may_open_with_libusb(const UsbDeviceInfo& info);

}  // namespace sysboot
