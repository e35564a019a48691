// SPDX-License-Identifier: GPL-3.0-or-later
// What outlives one run of the program: locks per USB port path, and boards left in DFU mode.
#pragma once

#include <filesystem>

#include "sysboot/host.hpp"

namespace sysboot {

class StateFiles {
 public:
  /// `shared` is a folder that every user can write to, for locks; `own` is this user's, for
  /// records.
  StateFiles(std::filesystem::path shared, std::filesystem::path own);
  /// /run/lock and $XDG_RUNTIME_DIR where every user, and this one, can write to them; the
  /// temporary folder elsewhere.
  static StateFiles usual();

  /// Error: busy, naming the process that holds it, and its user if that is another one. Where no
  /// file can be made, the lock keeps nobody off and says so (BoardLock::weakness).
  std::unique_ptr<BoardLock> lock(const std::string& port_path) const;

  /// Error: cannot_write_output.
  void remember(const RebootRecord& record) const;
  void forget(const std::string& port_path) const;
  std::vector<RebootRecord> records() const;

 private:
  std::filesystem::path shared_;
  std::filesystem::path own_;
};

}  // namespace sysboot
