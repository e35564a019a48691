// SPDX-License-Identifier: GPL-3.0-or-later
// Which of the I/O Registry's devices each of libusb's is. Pure; tested on every system.
#pragma once

#include <vector>

#include "io_registry.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

/// What libusb lists, in order of the registry's port paths and with its names. Those of libusb are
/// cut off or empty on some systems (macOS 12.4 to 26, libusb before 1.0.30: its issues 1156 and
/// 1661), so that a device that the registry does not have, yet or any more, is left out of this
/// look. After a reset libusb keeps an address that is no longer so: then it goes by path and ids.
std::vector<UsbDeviceInfo> named_by_registry(std::vector<UsbDeviceInfo> devices,
                                             const std::vector<RegistryDevice>& registry);

}  // namespace sysboot
