// SPDX-License-Identifier: GPL-3.0-or-later
// How Windows names USB devices and where they are plugged in. Pure; tested on every system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sysboot {

/// "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)#USB(2)#USBMI(0)" is "1-4.2" when the first of the host
/// controllers is at "PCIROOT(0)#PCI(1400)": libusb numbers buses the same way. None for what is on
/// no USB port. Form: DEVPKEY_Device_LocationPaths, which Microsoft's usbhub and usbccgp fill in.
std::optional<std::string> port_path_of(std::string_view location,
                                        const std::vector<std::string>& controllers);

/// A device instance id, such as "USB\VID_0483&PID_5740&MI_02\7&1A2B3C4D&0&0002".
struct InstanceId {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::optional<int> interface_number;  ///< set for one function of a composite device
  std::string serial;                   ///< empty where Windows made up what stands there
};
std::optional<InstanceId> parse_instance_id(std::string_view id);

/// Windows shows a device that did not enumerate as vendor 0, with the reason as its product.
/// Source: Microsoft, "USB device descriptor failure" and its relatives (USB\VID_0000&PID_0001 and
/// up).
bool has_failed(const InstanceId& id);

}  // namespace sysboot
