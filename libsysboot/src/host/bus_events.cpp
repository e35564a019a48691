// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus_events.hpp"

#include <algorithm>

#include "core/timing.hpp"

namespace sysboot {

void BusEvents::happened() {
  const std::lock_guard lock(mutex_);
  ++events_;
  changed_.notify_all();
}

bool BusEvents::wait(Duration most) {
  const Duration nap = std::clamp(most, Duration::zero(), timing::longest_nap);
  std::unique_lock lock(mutex_);
  std::uint64_t& seen = seen_[std::this_thread::get_id()];
  const bool has_changed = changed_.wait_for(lock, nap, [&] { return events_ != seen; });
  seen = events_;
  return has_changed;
}

}  // namespace sysboot
