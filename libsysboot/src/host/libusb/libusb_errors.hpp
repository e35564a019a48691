// SPDX-License-Identifier: GPL-3.0-or-later
// What libusb's codes mean on each system, as its back ends use them. Pure; tested on every system.
#pragma once

#include "sysboot/error.hpp"

namespace sysboot {

enum class LibusbSystem { linux_usbfs, windows, mac };

/// Of a device that is opened or an interface that is claimed.
Errc meaning_of_libusb_error(int code, LibusbSystem system);

}  // namespace sysboot
