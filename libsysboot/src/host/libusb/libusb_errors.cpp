// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_errors.hpp"

#include <libusb.h>

namespace sysboot {
namespace {

// Windows and macOS let every user open a device, one program at a time.
Errc no_access(LibusbSystem system) {
  return system == LibusbSystem::linux_usbfs ? Errc::not_permitted : Errc::busy;
}

// Of an interface to be claimed. Linux has not configured the device, or never does because it is
// not to be used (USBGuard); Windows has no WinUSB for it; macOS has not published it yet.
Errc not_found(LibusbSystem system) {
  switch (system) {
    case LibusbSystem::windows: return Errc::no_driver;
    case LibusbSystem::mac: return Errc::busy;
    case LibusbSystem::linux_usbfs: break;
  }
  return Errc::not_permitted;
}

}  // namespace

Errc meaning_of_libusb_error(int code, LibusbSystem system) {
  switch (code) {
    case LIBUSB_ERROR_ACCESS: return no_access(system);
    case LIBUSB_ERROR_BUSY: return Errc::busy;
    case LIBUSB_ERROR_NO_DEVICE: return Errc::board_gone;
    case LIBUSB_ERROR_NOT_FOUND: return not_found(system);
    case LIBUSB_ERROR_NOT_SUPPORTED: return Errc::no_driver;
    default: return Errc::usb_io;
  }
}

}  // namespace sysboot
