// SPDX-License-Identifier: GPL-3.0-or-later
// Files whose owner or lock matters; folder posix and folder windows do it in their own ways.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sysboot/host.hpp"

namespace sysboot {

/// A lock that keeps nobody off, and why.
class NoLock : public BoardLock {
 public:
  explicit NoLock(std::string why) : why_(std::move(why)) {}
  std::string weakness() const override { return why_; }

 private:
  std::string why_;
};

struct FileLock {
  std::unique_ptr<BoardLock> held;  ///< none when somebody else holds it
  std::string holder;               ///< "process 12", "process 12 of user root"; may be empty
};

/// Locks what has this name, in a folder that all users share, until the lock or the process ends.
/// Each user has a file of its own, NAME-UID.lock (NAME.lock on Windows): a name that another user
/// has taken, or what is no regular file, never blocks anybody, and makes a NoLock.
FileLock lock_file(const std::filesystem::path& folder, const std::string& name);
/// Does a process hold such a lock, of whatever user? Not for one that this process holds itself.
bool is_file_locked(const std::filesystem::path& folder, const std::string& name);

/// Some text in a file of this user, which nobody else may write to.
/// Error: cannot_write_output, also for a file of another user, a link, or no regular file.
void write_own_file(const std::filesystem::path& file, const std::string& content);
/// None when there is no such file, or it is another user's. Its first 64 KiB.
std::optional<std::string> read_own_file(const std::filesystem::path& file);

/// Unlike those of other users in a folder that is shared with them.
std::string own_name(const std::string& name);

/// For locks, a folder that all users share.
std::filesystem::path shared_folder();
/// For records, this user's, gone or empty after a restart where the system has such a folder.
std::filesystem::path own_folder();

}  // namespace sysboot
