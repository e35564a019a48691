// SPDX-License-Identifier: GPL-3.0-or-later
// How macOS numbers what is plugged in. Pure; tested on every system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sysboot {

/// A location id has the bus in its upper eight bits, then a hexadecimal digit for the port of each
/// hub on the way: 0x14220000 is "20-2.2". Source: IOUSBFamily, USB.h
/// (kUSBDevicePropertyLocationID), and libusb's darwin_usb.c.
std::string port_path_of(std::uint32_t location);

/// "/dev/cu.usbmodem1" for "/dev/tty.usbmodem1"; anything else is left as it is.
std::string callout_name(std::string_view path);

}  // namespace sysboot
