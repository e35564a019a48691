// SPDX-License-Identifier: GPL-3.0-or-later
// Trying again while the system is still busy with a device that has just come.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "sysboot/error.hpp"
#include "sysboot/job.hpp"
#include "timing.hpp"

namespace sysboot {

/// For how long an error of this kind may still pass by itself.
struct Patience {
  Errc code;
  Duration within;
};

/// The time that an operation has. A process can be stopped in its middle (Ctrl-Z, a suspended
/// laptop, a paused virtual machine) and go on when the time is up, long after the device was done:
/// so whoever finds it used up gets one second more, once.
class Budget {
 public:
  Budget(Host& host, Duration most) : host_(host), end_(host.now() + most) {}

  /// How long the next request may take; zero when there is nothing left.
  Duration left() {
    const TimePoint now = host_.now();
    if (now >= end_ && !is_late_) {
      is_late_ = true;
      end_ = now + timing::latecomer;
    }
    return std::max(end_ - now, Duration::zero());
  }

 private:
  Host& host_;
  TimePoint end_;
  bool is_late_ = false;
};

/// What `attempt` returns; it is made again every 20 ms while `may_pass(error, waited)` says that
/// its error may pass by itself. Throws the last error.
template <typename MayPass, typename Attempt>
auto with_patience(const Job& job, MayPass may_pass, Attempt attempt) {
  const TimePoint start = job.host.now();
  for (;;) {
    // Before the attempt, so that one is always made after the end, too (see Budget).
    const Duration waited = job.host.now() - start;
    try {
      return attempt();
    } catch (const Error& error) {
      if (!may_pass(error, waited)) throw;
    }
    job.check_stop();
    job.host.sleep(timing::try_again_after);
  }
}

/// As long as each kind of error has.
template <typename Attempt>
auto with_patience(const Job& job, std::initializer_list<Patience> patience, Attempt attempt) {
  const auto may_pass = [&](const Error& error, Duration waited) {
    return std::any_of(patience.begin(), patience.end(), [&](const Patience& each) {
      return each.code == error.code() && waited < each.within;
    });
  };
  return with_patience(job, may_pass, attempt);
}

}  // namespace sysboot
