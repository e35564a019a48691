// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus_events.hpp"

#include <algorithm>
#include <chrono>

#include "core/timing.hpp"

namespace sysboot {
namespace {

Duration uptime() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

void BusEvents::happened() {
  const std::lock_guard lock(mutex_);
  ++events_;
  changed_.notify_all();
}

bool BusEvents::wait(Duration most) {
  const Duration nap = timing::longest_nap - uptime() % timing::longest_nap;
  std::unique_lock lock(mutex_);
  std::uint64_t& seen = seen_[std::this_thread::get_id()];
  const bool has_changed = changed_.wait_for(lock, std::clamp(most, Duration::zero(), nap),
                                             [&] { return events_ != seen; });
  seen = events_;
  return has_changed;
}

Moment BusEvents::moment() {
  const std::lock_guard lock(mutex_);
  return {events_, uptime() / timing::longest_nap};
}

}  // namespace sysboot
