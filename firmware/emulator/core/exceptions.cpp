// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/core/exceptions.hpp"

#include <algorithm>

namespace emulator {
namespace {

constexpr int thread_priority = 256;
constexpr std::uint8_t implemented_bits = 0xF0;  // four bits of priority on this chip

// Without a configurable enable; the others start disabled.
constexpr std::array always_enabled = {nmi, hard_fault, sv_call, pend_sv, sys_tick};

}  // namespace

void Exceptions::reset() {
  pending_.reset();
  active_.reset();
  enabled_.reset();
  lines_.reset();
  sources_.fill(0);
  priority_.fill(0);
  group_ = 0;
  for (const Exception exception : always_enabled) enabled_.set(exception);
  update();
}

void Exceptions::set_pending(unsigned exception, bool pending) {
  const bool before = pending_[exception];
  pending_.set(exception, pending || (lines_[exception] && !active_[exception]));
  if (!before && pending_[exception]) pended();
  update();
}

void Exceptions::set_enabled(unsigned exception, bool enabled) {
  enabled_.set(exception, enabled);
  update();
}

void Exceptions::set_active(unsigned exception, bool active) {
  active_.set(exception, active);
  update();
}

void Exceptions::set_priority(unsigned exception, std::uint8_t priority) {
  priority_[exception] = priority & implemented_bits;
  update();
}

void Exceptions::set_priority_group(unsigned group) {
  group_ = group;
  update();
}

void Exceptions::set_line(unsigned irq, bool is_high, unsigned source) {
  const unsigned exception = first_irq + irq;
  const std::uint32_t others = sources_[irq] & ~bit(source);
  sources_[irq] = static_cast<std::uint8_t>(others | (is_high ? bit(source) : 0));
  const bool high = sources_[irq] != 0;
  if (lines_[exception] == high) return;
  lines_.set(exception, high);
  if (!high) return;
  if (!pending_[exception]) pended();
  pending_.set(exception);
  update();
}

void Exceptions::activate(unsigned exception) {
  active_.set(exception);
  pending_.reset(exception);
  update();
}

void Exceptions::deactivate(unsigned exception) {
  active_.reset(exception);
  if (lines_[exception]) pending_.set(exception);
  update();
}

int Exceptions::full_priority(unsigned exception) const {
  switch (exception) {
    case reset_exception: return -3;
    case nmi: return -2;
    case hard_fault: return -1;
    default: return priority_[exception];
  }
}

int Exceptions::group_priority(unsigned exception) const {
  const int full = full_priority(exception);
  return full < 0 ? full : full & ~((2 << group_) - 1);
}

int Exceptions::execution_priority(const Masks& masks) const {
  int boosted = thread_priority;
  if (masks.basepri != 0) boosted = static_cast<int>(masks.basepri) & ~((2 << group_) - 1);
  if (masks.primask != 0) boosted = 0;
  if (masks.faultmask != 0) boosted = -1;
  return std::min(boosted, active_priority_);
}

void Exceptions::update() {
  active_priority_ = thread_priority;
  for (unsigned exception = nmi; active_.any() && exception < count; ++exception) {
    if (active_[exception])
      active_priority_ = std::min(active_priority_, group_priority(exception));
  }
  candidate_.reset();
  const auto ready = pending_ & enabled_;
  if (ready.any()) {
    for (unsigned exception = nmi; exception < count; ++exception) {
      if (!ready[exception]) continue;
      if (!candidate_ || full_priority(exception) < full_priority(*candidate_)) {
        candidate_ = exception;
      }
    }
  }
  changed();
}

std::optional<unsigned> Exceptions::next(const Masks& masks) const {
  if (!candidate_ || group_priority(*candidate_) >= execution_priority(masks)) return std::nullopt;
  return candidate_;
}

bool Exceptions::wakes(const Masks& masks) const {
  return next({0, masks.faultmask, masks.basepri}).has_value();
}

}  // namespace emulator
