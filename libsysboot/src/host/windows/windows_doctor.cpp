// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "device_tree.hpp"
#include "host/doctor_parts.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using Grade = Finding::Grade;

// Those that libusb can use; libusb, os/windows_winusb.c.
constexpr std::array<std::string_view, 3> usable_drivers = {"WinUSB", "libusbK", "libusb0"};

bool is_usable(const std::string& driver) {
  return std::any_of(usable_drivers.begin(), usable_drivers.end(),
                     [&](std::string_view usable) { return equal_in_any_case(driver, usable); });
}

}  // namespace

Findings examine_machine(const fs::path& /*root*/) {
  return {};
}

std::optional<Finding> driver_trouble(const fs::path& /*root*/, const std::string& port_path) {
  for (const TreeDevice& device : tree_devices()) {
    if (device.port_path != port_path || is_usable(device.driver)) continue;
    return Finding{Grade::trouble,
                   "board " + port_path,
                   device.driver.empty() ? "in DFU mode, but Windows has no driver for it"
                                         : "in DFU mode, but with the driver " + device.driver +
                                               ", which cannot be used",
                   {"with Zadig (https://zadig.akeo.ie) install the driver WinUSB for " +
                        usb_id(device.id.vendor, device.id.product) + ", and for nothing else",
                    "or STM32CubeProgrammer, which brings the driver for ST's ROM, 0483:df11"}};
  }
  return std::nullopt;
}

Findings failed_enumerations(const fs::path& /*root*/) {
  Findings findings;
  for (const TreeDevice& device : tree_devices()) {
    if (!has_failed(device.id)) continue;
    findings.push_back({Grade::trouble, "USB port " + device.port_path,
                        "Windows could not enumerate what is there: " + device.product,
                        causes_of_failed_enumeration()});
  }
  return findings;
}

std::vector<std::string> remedies_without_bus() {
  return {};
}

std::vector<std::string> remedies_for_forbidden_bootloader() {
  return {};
}

std::vector<std::string> remedies_for_forbidden_port() {
  return {};
}

}  // namespace sysboot
