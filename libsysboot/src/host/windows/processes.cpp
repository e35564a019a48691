// SPDX-License-Identifier: GPL-3.0-or-later
// Windows tells ordinary users nothing about what other processes have open.
#include "host/processes.hpp"

namespace sysboot {

std::vector<Process> processes_holding(const std::string& /*file*/) {
  return {};
}

std::string held_by(const UsbDeviceInfo& /*device*/) {
  return {};
}

}  // namespace sysboot
