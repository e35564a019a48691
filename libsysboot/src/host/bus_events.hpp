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

/// Time as far as the bus is concerned: the next moment begins with the next event, and when the
/// naps of all who wait end.
struct Moment {
  std::uint64_t events = 0;
  std::int64_t naps = 0;

  bool is_before(const Moment& other) const { return events < other.events || naps < other.naps; }
};

class BusEvents {
 public:
  void happened();

  /// Comes back with true when there has been an event since the last time that this thread waited,
  /// and after `most` or 25 ms at the latest: containers and initial RAM disks may get none.
  /// Several threads may wait at once; their naps end at the same time.
  bool wait(Duration most);
  Moment moment();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t events_ = 0;
  std::map<std::thread::id, std::uint64_t> seen_;
};

}  // namespace sysboot
