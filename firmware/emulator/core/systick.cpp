// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/core/systick.hpp"

#include <utility>

namespace emulator {
namespace {

enum Register : std::uint16_t { CTRL = 0x0, LOAD = 0x4, VAL = 0x8, CALIB = 0xC };
constexpr std::uint32_t enable = bit(0);
constexpr std::uint32_t interrupt = bit(1);
constexpr std::uint32_t core_clock = bit(2);
constexpr std::uint32_t count_flag = bit(16);

// PM0214 4.5. CALIB: no reference clock missing, skewed, 10500 as on all F4 (RM0383 10.1.2).
constexpr RegisterSpec table[] = {
    {CTRL, "CTRL", 0, 0x00000007},
    {LOAD, "LOAD", 0, 0x00FFFFFF},
    {VAL, "VAL"},
    {CALIB, "CALIB", 0x40002904},
};
constexpr Place location = {"STK", 0xE000E010, 0x10};

}  // namespace

SysTick::SysTick(Wiring& wiring, const Clock& clock)
    : Peripheral(wiring, location, table),
      clock_(clock),
      wrap_(wiring.scheduler, [this](Time due) { wrapped(due); }) {}

Hertz SysTick::frequency() const {
  if ((at(CTRL) & enable) == 0) return 0;
  return (at(CTRL) & core_clock) != 0 ? clock_.frequency() : clock_.frequency() / 8;
}

// Counts down from LOAD to 0; the wrap reloads on the tick after 0.
std::uint32_t SysTick::value() const {
  const std::uint64_t passed = ticks_in(now() - since_, counting_at_);
  if (passed <= from_) return from_ - static_cast<std::uint32_t>(passed);
  const std::uint64_t period = std::uint64_t{at(LOAD)} + 1;
  return at(LOAD) - static_cast<std::uint32_t>((passed - from_ - 1) % period);
}

void SysTick::start_from(std::uint32_t value, Time since) {
  from_ = value;
  since_ = since;
  counting_at_ = frequency();
  const bool idle = counting_at_ == 0 || (value == 0 && at(LOAD) == 0);
  // From 0 the first tick reloads, without counting as having reached 0.
  const std::uint64_t ticks = value != 0 ? value : std::uint64_t{at(LOAD)} + 1;
  wrap_.set(idle ? never : since + duration_of(ticks, counting_at_));
}

void SysTick::wrapped(Time due) {
  at(CTRL) |= count_flag;
  if ((at(CTRL) & interrupt) != 0) wiring_.exceptions.set_pending(sys_tick, true);
  start_from(0, due);
}

void SysTick::clocks_changed() {
  start_from(value(), now());
}

std::uint32_t SysTick::on_read(std::uint32_t offset) {
  if (offset == CTRL) return std::exchange(at(CTRL), at(CTRL) & ~count_flag);
  return offset == VAL ? value() : at(offset);
}

void SysTick::on_write(std::uint32_t offset, std::uint32_t /*value*/, std::uint32_t before) {
  if (offset == CTRL) {
    const std::uint32_t after = std::exchange(at(CTRL), before);
    const std::uint32_t counted = value();
    at(CTRL) = after;
    start_from(counted, now());
  } else if (offset == LOAD) {
    const std::uint32_t after = std::exchange(at(LOAD), before);
    std::uint32_t counted = value();
    // Two stores are a tick apart: by now it has reloaded what was there before.
    if (counted == 0 && counting_at_ == clock_.frequency()) counted = before;
    at(LOAD) = after;
    start_from(counted, now());
  } else if (offset == VAL) {  // any value clears it
    at(CTRL) &= ~count_flag;
    start_from(0, now());
  }
}

void SysTick::on_reset() {
  start_from(0, now());
}

}  // namespace emulator
