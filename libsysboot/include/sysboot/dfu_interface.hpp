// SPDX-License-Identifier: GPL-3.0-or-later
// The DFU interfaces of a device, as its descriptors say, for lists of devices.
#pragma once

#include "sysboot/host.hpp"

namespace sysboot {

struct DfuInterface {
  std::uint8_t configuration = 0;  ///< bConfigurationValue
  UsbInterface interface;
  std::string name;  ///< as the device sent it; empty where it has none or does not tell it
};

/// All of them, in application mode (DFU 1.1, table 4.1) and in DFU mode (table 4.4), in their
/// order. Asks the device, but claims nothing, so that whoever works with it is not disturbed.
/// Errors: not_permitted, no_driver, busy, board_gone, usb_io; protocol, for descriptors that make
/// no sense.
[[nodiscard]] std::vector<DfuInterface> dfu_interfaces(Host& host, const UsbDeviceInfo& device);

}  // namespace sysboot
