// SPDX-License-Identifier: GPL-3.0-or-later
// What doctor looks for in a way of its own on each system.
#pragma once

#include <filesystem>
#include <optional>

#include "sysboot/doctor.hpp"

namespace sysboot {

using Findings = std::vector<Finding>;

/// What this program runs in, who may open boards, which other programs interfere.
Findings examine_machine(const std::filesystem::path& root);

/// A driver that keeps this program from a board in DFU mode, if there is one.
std::optional<Finding> driver_trouble(const std::filesystem::path& root,
                                      const std::string& port_path);

/// Devices that were plugged in and did not come up.
Findings failed_enumerations(const std::filesystem::path& root);

std::vector<std::string> remedies_without_bus();
std::vector<std::string> remedies_for_forbidden_port();
std::vector<std::string> remedies_for_forbidden_bootloader();

/// Why a device may not come up, and what to try.
std::vector<std::string> causes_of_failed_enumeration();

}  // namespace sysboot
