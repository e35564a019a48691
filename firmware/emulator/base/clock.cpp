// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/base/clock.hpp"

#include <algorithm>
#include <utility>

namespace emulator {

Time Clock::now() const {
  return frequency_ == 0 ? base_ : base_ + duration_of(cycles - base_cycles_, frequency_);
}

void Clock::set_frequency(Hertz frequency) {
  base_ = now();
  base_cycles_ = cycles;
  frequency_ = frequency;
}

void Clock::skip_to(Time when) {
  base_ = std::max(when, now());
  base_cycles_ = cycles;
}

Cycles Clock::cycle_at(Time when) const {
  if (when == never) return ~Cycles{0};
  if (when <= now()) return cycles;
  if (frequency_ == 0) return ~Cycles{0};
  Cycles cycle = base_cycles_ + ticks_in(when - base_, frequency_);
  while (base_ + duration_of(cycle - base_cycles_, frequency_) < when) ++cycle;
  return cycle;
}

void Scheduler::run_due() {
  while (!due_.empty() && due_.begin()->first <= clock_.now()) {
    const auto [when, alarm] = *due_.begin();
    alarm->cancel();
    alarm->action_(when);
  }
}

Alarm::Alarm(Scheduler& scheduler, std::function<void(Time)> action)
    : scheduler_(scheduler), action_(std::move(action)), place_(scheduler.due_.end()) {}

void Alarm::set(Time when) {
  cancel();
  if (when == never) return;
  place_ = scheduler_.due_.emplace(when, this);
  scheduler_.clock_.limit = std::min(scheduler_.clock_.limit, scheduler_.clock_.cycle_at(when));
}

void Alarm::set_in(Time duration) {
  set(duration == never ? never : scheduler_.now() + duration);
}

void Alarm::cancel() {
  if (is_set()) scheduler_.due_.erase(std::exchange(place_, scheduler_.due_.end()));
}

}  // namespace emulator
