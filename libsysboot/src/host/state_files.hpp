// SPDX-License-Identifier: GPL-3.0-or-later
// What outlives one run of the program: locks per USB port path, and boards left in DFU mode.
#pragma once

#include <filesystem>
#include <mutex>
#include <set>

#include "sysboot/host.hpp"

namespace sysboot {

/// Several threads may use it; it must outlive the locks that it hands out.
class StateFiles {
 public:
  /// `shared` is a folder that every user can write to, for locks; `own` is this user's, for
  /// records.
  StateFiles(std::filesystem::path shared, std::filesystem::path own);
  /// For locks /run/lock, or else /tmp. For records $XDG_RUNTIME_DIR, or else what macOS has for
  /// this user's temporary files; or else where locks are. On Windows the temporary folder for
  /// both.
  static StateFiles usual();

  /// Error: busy, when a thread of this process holds it; or naming the process that does, and its
  /// user if that is another one. Where no file can be made, the lock keeps no other process off
  /// and says so (BoardLock::weakness).
  std::unique_ptr<BoardLock> lock(const std::string& port_path);
  /// Does a thread of this process hold it?
  bool is_locked(const std::string& port_path) const;
  /// Does another process hold it?
  bool is_locked_elsewhere(const std::string& port_path) const;

  /// Error: cannot_write_output.
  void remember(const RebootRecord& record) const;
  void forget(const std::string& port_path) const;
  std::vector<RebootRecord> records() const;

 private:
  class Lock;

  mutable std::mutex mutex_;
  std::set<std::string> locked_;  ///< port paths, by threads of this process
  std::filesystem::path shared_;
  std::filesystem::path own_;
};

}  // namespace sysboot
