// SPDX-License-Identifier: GPL-3.0-or-later
// Who holds a file open, so that "busy" can name the culprit.
#pragma once

#include <string>
#include <vector>

#include "sysboot/usb.hpp"

namespace sysboot {

struct Process {
  int pid = 0;
  std::string name;  ///< "picocom"

  std::string describe() const { return name + " (process " + std::to_string(pid) + ")"; }
};

/// Other processes that have this file open, as far as this user may see. Empty where the system
/// does not tell.
std::vector<Process> processes_holding(const std::string& file);

/// ", held by picocom (process 812)", or nothing.
std::string held_by(const std::string& file);
std::string held_by(const UsbDeviceInfo& device);

}  // namespace sysboot
