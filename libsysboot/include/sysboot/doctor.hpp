// SPDX-License-Identifier: GPL-3.0-or-later
// Looks for what keeps boards from being found, opened or followed on this machine, and knows the
// remedy.
#pragma once

#include <filesystem>

#include "sysboot/host.hpp"

namespace sysboot {

struct Finding {
  enum class Grade {
    good,     ///< as it should be
    note,     ///< may matter
    trouble,  ///< something will not work
  };
  Grade grade = Grade::good;
  std::string subject;                ///< "udev rule", "port /dev/ttyACM0"
  std::string text;                   ///< what was found
  std::vector<std::string> remedies;  ///< commands and lines to use, or causes to check
};

std::string_view to_string(Finding::Grade grade);

/// Only looks; opens no port and no device. Reads the system's files below `root`: udev rules,
/// /proc, /sys, the kernel's log. What cannot be read is a note, never an error.
[[nodiscard]] std::vector<Finding> examine(Host& host, const std::filesystem::path& root = "/");

}  // namespace sysboot
