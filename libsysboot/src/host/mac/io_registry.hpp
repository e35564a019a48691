// SPDX-License-Identifier: GPL-3.0-or-later
// macOS: USB devices and their serial ports as the I/O Registry shows them. Nothing is opened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sysboot/host.hpp"

namespace sysboot {

struct RegistryDevice {
  std::string port_path;
  unsigned bus = 0;      ///< as libusb numbers it: the location's upper eight bits
  unsigned address = 0;  ///< as libusb has it, too
  std::uint16_t vendor = 0;
  std::uint16_t product_id = 0;
  std::string manufacturer;
  std::string product;
  std::string serial;
};
std::vector<RegistryDevice> registry_devices();

/// In order of path: "/dev/cu.usbmodem14201". The other name of each, tty.*, is left out: opening
/// it waits for a carrier.
std::vector<SerialPortInfo> registry_serial_ports();

}  // namespace sysboot
