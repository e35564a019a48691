// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual time: it passes with the cycles of the CPU, whose length the clock tree decides, and
// things are due at certain times.
#pragma once

#include <functional>
#include <map>

#include "emulator/base/types.hpp"

namespace emulator {

/// Counts cycles of HCLK. The CPU adds what its instructions take. At 0 Hz time only passes by
/// skip_to().
class Clock {
 public:
  Time now() const;
  Hertz frequency() const { return frequency_; }
  /// Time goes on from here with cycles of another length.
  void set_frequency(Hertz frequency);
  /// Time passes while HCLK stands still.
  void skip_to(Time when);
  /// The first cycle that does not begin before `when`.
  Cycles cycle_at(Time when) const;

  /// Since power first came on.
  Cycles cycles = 0;
  /// The CPU stops when it gets here.
  Cycles limit = 0;

 private:
  Time base_{};
  Cycles base_cycles_ = 0;
  Hertz frequency_ = 1;
};

/// What is due when; in order of time, and of asking among equals.
class Scheduler {
 public:
  explicit Scheduler(Clock& clock) : clock_(clock) {}
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  Time now() const { return clock_.now(); }
  /// When something is due next.
  Time next() const { return due_.empty() ? never : due_.begin()->first; }
  /// Does everything that is due.
  void run_due();

 private:
  friend class Alarm;
  using Due = std::multimap<Time, class Alarm*>;

  Clock& clock_;
  Due due_;
};

/// Something that happens at a time, again and again if it is set again.
class Alarm {
 public:
  /// `action` is told when it was due, which is a little before it happens.
  Alarm(Scheduler& scheduler, std::function<void(Time due)> action);
  ~Alarm() { cancel(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Replaces what was set before. `never` cancels.
  void set(Time when);
  void set_in(Time duration);
  void cancel();
  bool is_set() const { return place_ != scheduler_.due_.end(); }
  Time when() const { return is_set() ? place_->first : never; }

 private:
  friend class Scheduler;
  Scheduler& scheduler_;
  std::function<void(Time due)> action_;
  Scheduler::Due::iterator place_;
};

}  // namespace emulator
