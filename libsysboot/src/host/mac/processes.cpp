// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/processes.hpp"

#include <libproc.h>
#include <unistd.h>

#include <array>

namespace sysboot {

std::vector<Process> processes_holding(const std::string& file) {
  std::array<pid_t, 64> pids{};
  const int bytes =
      ::proc_listpidspath(PROC_ALL_PIDS, 0, file.c_str(), PROC_LISTPIDSPATH_EXCLUDE_EVTONLY,
                          pids.data(), static_cast<int>(sizeof pids));
  std::vector<Process> found;
  for (int i = 0; i < bytes / static_cast<int>(sizeof(pid_t)); ++i) {
    const pid_t pid = pids[static_cast<std::size_t>(i)];
    if (pid == ::getpid()) continue;
    std::array<char, 2 * MAXCOMLEN + 1> name{};
    ::proc_name(pid, name.data(), static_cast<std::uint32_t>(name.size()));
    found.push_back({pid, name.data()});
  }
  return found;
}

// A device on the bus is no file here.
std::string held_by(const UsbDeviceInfo& /*device*/) {
  return {};
}

}  // namespace sysboot
