// SPDX-License-Identifier: GPL-3.0-or-later
// Which exceptions are pending, active and enabled, and which one may be taken (ARMv7-M
// Architecture Reference Manual, B1.5).
#pragma once

#include <array>
#include <bitset>
#include <functional>
#include <optional>

#include "emulator/base/types.hpp"

namespace emulator {

/// ARMv7-M, table B1-4.
enum Exception : unsigned {
  reset_exception = 1,
  nmi = 2,
  hard_fault = 3,
  mem_manage_fault = 4,
  bus_fault = 5,
  usage_fault = 6,
  sv_call = 11,
  debug_monitor = 12,
  pend_sv = 14,
  sys_tick = 15,
  first_irq = 16,
};

/// What the program masks with; see Cpu.
struct Masks {
  std::uint32_t primask = 0;
  std::uint32_t faultmask = 0;
  std::uint32_t basepri = 0;
};

class Exceptions {
 public:
  static constexpr unsigned irqs = 86;  ///< RM0383 table 37: 0 to 85
  static constexpr unsigned count = first_irq + irqs;

  /// Called when another exception may have become the one to take.
  std::function<void()> changed = [] {};
  /// Called when an exception becomes pending, enabled or not.
  std::function<void()> pended = [] {};

  void reset();

  void set_pending(unsigned exception, bool pending);
  void set_enabled(unsigned exception, bool enabled);
  void set_active(unsigned exception, bool active);
  void set_priority(unsigned exception, std::uint8_t priority);
  bool is_pending(unsigned exception) const { return pending_[exception]; }
  bool is_enabled(unsigned exception) const { return enabled_[exception]; }
  bool is_active(unsigned exception) const { return active_[exception]; }
  std::uint8_t priority(unsigned exception) const { return priority_[exception]; }
  /// AIRCR.PRIGROUP
  void set_priority_group(unsigned group);
  unsigned priority_group() const { return group_; }

  /// A peripheral's interrupt line. Rising makes the interrupt pending; so does being high still
  /// when the handler returns. Some lines are shared; each source counts from 0 to 7.
  void set_line(unsigned irq, bool high, unsigned source = 0);
  /// After the handler has returned.
  void deactivate(unsigned exception);

  /// It is taken: active, and not pending any more.
  void activate(unsigned exception);
  unsigned active_count() const { return static_cast<unsigned>(active_.count()); }
  /// The lower, the more urgent: -3 reset, -2 NMI, -1 HardFault, then 0 to 255; 256 in thread mode.
  int execution_priority(const Masks& masks) const;
  int group_priority(unsigned exception) const;
  /// The most urgent one that is pending and enabled, whether or not it may be taken now.
  std::optional<unsigned> candidate() const { return candidate_; }
  /// May the candidate be taken, if nothing is masked?
  bool candidate_preempts() const {
    return candidate_ && group_priority(*candidate_) < active_priority_;
  }
  /// The candidate, if it may be taken now.
  std::optional<unsigned> next(const Masks& masks) const;
  /// Does WFI end, which PRIMASK does not prevent?
  bool wakes(const Masks& masks) const;

 private:
  int full_priority(unsigned exception) const;
  void update();

  std::bitset<count> pending_;
  std::bitset<count> active_;
  std::bitset<count> enabled_;
  std::bitset<count> lines_;
  std::array<std::uint8_t, irqs> sources_{};  // that hold the line high, as bits
  std::array<std::uint8_t, count> priority_{};
  unsigned group_ = 0;
  std::optional<unsigned> candidate_;
  int active_priority_ = 0;
};

}  // namespace emulator
