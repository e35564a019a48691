// SPDX-License-Identifier: GPL-3.0-or-later
// A file that is this user's alone, in a folder where others may have put something in its place.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "descriptor.hpp"

namespace sysboot {

struct OwnFile {
  Descriptor file;      ///< none when it cannot be had
  std::string problem;  ///< why
};

/// With these flags of open(2), and made for this user only. Never waits, follows no link, and
/// takes nothing but a regular file of this user that has one name.
OwnFile open_own_file(const std::filesystem::path& file, int flags);

/// None when none of these is a folder of this user.
std::optional<std::filesystem::path> first_own_folder(
    const std::vector<std::filesystem::path>& folders);

/// "user root", "user 1000"
std::string user_name(uid_t user);

}  // namespace sysboot
