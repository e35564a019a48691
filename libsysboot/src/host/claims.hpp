// SPDX-License-Identifier: GPL-3.0-or-later
// Which boards the threads of this process work on.
#pragma once

#include <mutex>
#include <set>

#include "sysboot/host.hpp"

namespace sysboot {

/// May be used by several threads; must outlive the locks that it hands out.
class Claims {
 public:
  /// Holds the port path, and with it the lock that `lock` takes against other processes.
  /// Errors: busy, when a thread of this process holds it; those of `lock`.
  std::unique_ptr<BoardLock> take(const std::string& port_path,
                                  const std::function<std::unique_ptr<BoardLock>()>& lock);
  bool has(const std::string& port_path) const;

 private:
  class Claim;

  mutable std::mutex mutex_;
  std::set<std::string> held_;
};

}  // namespace sysboot
