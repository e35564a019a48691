// SPDX-License-Identifier: GPL-3.0-or-later
// Trying again while the system is still busy with a device that has just come.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "sysboot/error.hpp"
#include "sysboot/job.hpp"

namespace sysboot {

/// What has just come is there before its file, and before udev has set its permissions and made
/// its links; a user who never gets the permission waits no longer than this.
inline constexpr Duration access_settles = std::chrono::milliseconds(500);

/// For how long an error of this kind may still pass by itself.
struct Patience {
  Errc code;
  Duration within;
};

/// What `attempt` returns; it is made again every 20 ms while its error is one of those, and only
/// as long as they say. Throws the last error.
template <typename Attempt>
auto with_patience(const Job& job, std::initializer_list<Patience> patience, Attempt attempt) {
  const TimePoint start = job.host.now();
  for (;;) {
    try {
      return attempt();
    } catch (const Error& error) {
      const Duration waited = job.host.now() - start;
      const bool may_pass = std::any_of(
          patience.begin(), patience.end(),
          [&](const Patience& each) { return each.code == error.code() && waited < each.within; });
      if (!may_pass) throw;
    }
    job.check_stop();
    job.host.sleep(std::chrono::milliseconds(20));
  }
}

}  // namespace sysboot
