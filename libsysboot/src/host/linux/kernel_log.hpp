// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel says about devices that it could not enumerate.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sysboot {

struct FailedEnumeration {
  std::string port_path;  ///< "1-4.2"
  std::string text;       ///< the kernel's last words: "device descriptor read/64, error -71"
};

/// Ports whose latest device did not enumerate, in order of port path; a device that came up there
/// since clears the port. None when the log cannot be read: `readable` says which.
struct KernelLog {
  bool readable = false;
  std::vector<FailedEnumeration> failures;
};

/// From kernel records in the format of /dev/kmsg (Documentation/ABI/testing/dev-kmsg).
KernelLog read_kernel_log(const std::filesystem::path& kmsg);

}  // namespace sysboot
