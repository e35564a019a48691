// SPDX-License-Identifier: GPL-3.0-or-later
#include "pace.hpp"

#include <thread>

namespace stm32boot {

Pace::Pace(double speed)
    : Pace(speed, Clock{[] {
                          return std::chrono::time_point_cast<sysboot::Duration>(
                              std::chrono::steady_clock::now());
                        },
                        [](sysboot::Duration time) { std::this_thread::sleep_for(time); }}) {}

void Pace::keep(sysboot::TimePoint virtual_now) {
  if (speed_ <= 0) return;
  if (!start_) start_ = {clock_.now(), virtual_now};
  const std::chrono::duration<double> passed = virtual_now - start_->second;
  const auto due = start_->first + std::chrono::duration_cast<sysboot::Duration>(passed / speed_);
  const sysboot::Duration left = due - clock_.now();
  if (left > sysboot::Duration::zero()) clock_.sleep(left);
}

}  // namespace stm32boot
