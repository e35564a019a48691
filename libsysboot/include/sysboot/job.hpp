// SPDX-License-Identifier: GPL-3.0-or-later
// What every story needs: the host it runs on, someone to tell, and a way to be stopped.
#pragma once

#include <atomic>
#include <functional>

#include "sysboot/events.hpp"
#include "sysboot/host.hpp"

namespace sysboot {

struct Job {
  Host& host;
  Observer observer = {};
  const std::atomic<bool>* stop = nullptr;

  void tell(const Event& event) const;
  void note(Note::Level level, std::string text) const;

  /// Throws Error{interrupted} once *stop is true. Called where stopping leaves the board in order.
  void check_stop() const;
  /// True once `done` says so; asks for the last time at or after the deadline. Checks for a stop.
  bool wait_until(TimePoint deadline, const std::function<bool()>& done) const;
};

}  // namespace sysboot
