// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/dfu_interface.hpp"

#include "descriptors.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

std::string name_of(UsbStrings& strings, const UsbInterface& interface) {
  try {
    return strings.read(interface.name_index);
  } catch (const Error& error) {
    if (error.code() == Errc::board_gone) throw;
    return {};
  }
}

}  // namespace

std::vector<DfuInterface> dfu_interfaces(Host& host, const UsbDeviceInfo& device) {
  const auto opened = host.open_usb(device);
  const Configuration configuration = read_configuration(*opened);
  UsbStrings strings(*opened);
  std::vector<DfuInterface> found;
  for (const UsbInterface& interface : configuration.interfaces) {
    if (!interface.is_dfu_mode() && !interface.is_dfu_runtime()) continue;
    found.push_back({configuration.value, interface, name_of(strings, interface)});
  }
  return found;
}

}  // namespace sysboot
