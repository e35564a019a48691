// SPDX-License-Identifier: GPL-3.0-or-later
// Files whose owner or lock matters; folder posix and folder windows do it in their own ways.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sysboot/host.hpp"

namespace sysboot {

struct FileLock {
  std::unique_ptr<BoardLock> held;  ///< none when somebody else holds it
  std::string holder;               ///< number of the process that does, as it says itself
};

/// Locks this file, which is made if need be, until the lock or the process ends. Where no file can
/// be made, the lock holds nothing.
FileLock lock_file(const std::filesystem::path& file);

/// No link, no other kind of file, and made by this user.
bool is_own_file(const std::filesystem::path& file);

/// For locks, a folder that all users share.
std::filesystem::path shared_folder();
/// For records, this user's, gone or empty after a restart where the system has such a folder.
std::filesystem::path own_folder();

}  // namespace sysboot
