// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for the bus to change: the system's events, and short naps in case there are none.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "sysboot/types.hpp"

namespace sysboot {

class BusEvents {
 public:
  void happened();

  /// Comes back with true when there has been an event since the last time that this thread waited,
  /// and after `most` or 25 ms at the latest: containers and initial RAM disks may get none.
  /// Several threads may wait at once.
  bool wait(Duration most);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t events_ = 0;
  std::map<std::thread::id, std::uint64_t> seen_;
};

}  // namespace sysboot
