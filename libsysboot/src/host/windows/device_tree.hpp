// SPDX-License-Identifier: GPL-3.0-or-later
// Windows: USB devices and their serial ports as the Plug and Play manager knows them (SetupAPI).
// Nothing is opened, so a port in use can be listed and no device notices.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "location.hpp"
#include "sysboot/host.hpp"

namespace sysboot {

/// A USB device, hubs and single functions left out.
struct TreeDevice {
  InstanceId id;
  std::string port_path;
  std::string product;  ///< as the device says it; what Windows calls it where it does not
  std::string driver;   ///< its service, such as "WinUSB"; empty for none
};
std::vector<TreeDevice> tree_devices();

/// In order of path: "COM3".
std::vector<SerialPortInfo> tree_serial_ports();

}  // namespace sysboot
