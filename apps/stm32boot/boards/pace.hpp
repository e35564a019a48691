// SPDX-License-Identifier: GPL-3.0-or-later
// Lets virtual time go by as fast as real time, so that people see what happens.
#pragma once

#include <functional>
#include <optional>

#include "sysboot/types.hpp"

namespace stm32boot {

class Pace {
 public:
  struct Clock {
    std::function<sysboot::TimePoint()> now;
    std::function<void(sysboot::Duration)> sleep;
  };

  /// `speed`: 1 is as fast as real time, 2 twice as fast, 0 does not wait.
  explicit Pace(double speed);
  Pace(double speed, Clock clock) : speed_(speed), clock_(std::move(clock)) {}

  /// Sleeps until as much real time has gone by since the first call as virtual time has.
  void keep(sysboot::TimePoint virtual_now);
  /// The next call is the first one.
  void restart() { start_.reset(); }

 private:
  double speed_;
  Clock clock_;
  std::optional<std::pair<sysboot::TimePoint, sysboot::TimePoint>> start_;  // real, virtual
};

}  // namespace stm32boot
