// SPDX-License-Identifier: GPL-3.0-or-later
// USB devices through libusb.
#pragma once

#include <libusb.h>

#include <memory>
#include <string>

#include "libusb_context.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

struct LibusbCloser {
  void operator()(libusb_device_handle* handle) const { libusb_close(handle); }
};
using LibusbHandle = std::unique_ptr<libusb_device_handle, LibusbCloser>;

/// Throws what a code of libusb's means here: not_permitted, no_driver, busy (naming who holds it,
/// where that can be known), board_gone, usb_io.
[[noreturn]] void libusb_failed(const UsbDeviceInfo& info, const std::string& what, int code);

/// `backing` is kept until the handle has been closed.
std::unique_ptr<UsbDevice> make_libusb_device(const UsbDeviceInfo& info, SharedLibusb context,
                                              LibusbHandle handle,
                                              std::shared_ptr<const void> backing = nullptr);

}  // namespace sysboot
