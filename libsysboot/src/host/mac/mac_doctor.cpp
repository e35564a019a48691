// SPDX-License-Identifier: GPL-3.0-or-later
// macOS asks for no rules and binds no driver to a DFU interface: what all systems have is all.
#include "host/doctor_parts.hpp"

namespace sysboot {

Findings examine_machine(const std::filesystem::path& /*root*/) {
  return {};
}

std::optional<Finding> driver_trouble(const std::filesystem::path& /*root*/,
                                      const std::string& /*port_path*/) {
  return std::nullopt;
}

Findings failed_enumerations(const std::filesystem::path& /*root*/) {
  return {};
}

std::vector<std::string> remedies_without_bus() {
  return {};
}

std::vector<std::string> remedies_for_forbidden_bootloader() {
  return {};
}

std::vector<std::string> remedies_for_forbidden_port() {
  return {"ports belong to every user here: see what `ls -l /dev/cu.*` says"};
}

}  // namespace sysboot
