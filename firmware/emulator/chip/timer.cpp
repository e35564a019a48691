// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/timer.hpp"

#include <algorithm>
#include <stdexcept>

namespace emulator {
namespace {

enum Register : std::uint16_t {
  CR1 = 0x00,
  DIER = 0x0C,
  SR = 0x10,
  EGR = 0x14,
  CCMR1 = 0x18,
  CCER = 0x20,
  CNT = 0x24,
  PSC = 0x28,
  ARR = 0x2C,
  CCR1 = 0x34,
  OR = 0x50,
};

constexpr std::uint32_t enabled = bit(0);
constexpr std::uint32_t update_disabled = bit(1);
constexpr std::uint32_t only_overflow = bit(2);  // URS
constexpr std::uint32_t one_pulse = bit(3);
constexpr std::uint32_t preload = bit(7);
constexpr std::uint32_t update_event = bit(0);  // in DIER, SR and EGR
constexpr std::uint32_t compare_events = 0x1E;
constexpr std::uint32_t capture_event = bit(1);

// RM0383 12.4, 13.4 and 14.5. Refused: down and centre-aligned counting, slave modes, DMA requests,
// inputs, repetition.
constexpr std::array<RegisterSpec, 21> rows(std::uint32_t counter_bits) {
  return {{{CR1, "CR1", 0, 0x038F, 0x0070},
           {0x04, "CR2", 0, 0x7FF5, 0x0008},
           {0x08, "SMCR", 0, 0xBFF8, 0x4007},
           {DIER, "DIER", 0, 0x00FF, 0x7F00},
           {SR, "SR"},
           {EGR, "EGR"},
           {CCMR1, "CCMR1", 0, 0xFCFC, 0x0303},
           {0x1C, "CCMR2", 0, 0xFCFC, 0x0303},
           {CCER, "CCER", 0, 0xBFFF},
           {CNT, "CNT"},
           {PSC, "PSC", 0, 0xFFFF},
           {ARR, "ARR", counter_bits, counter_bits},
           {0x30, "RCR", 0, 0, 0xFF},
           {CCR1, "CCR1", 0, counter_bits},
           {0x38, "CCR2", 0, counter_bits},
           {0x3C, "CCR3", 0, counter_bits},
           {0x40, "CCR4", 0, counter_bits},
           {0x44, "BDTR", 0, 0xFFFF},
           {0x48, "DCR", 0, 0, 0x1F1F},
           {0x4C, "DMAR", 0, 0, 0xFFFF},
           {OR, "OR", 0, 0, 0x0C03}}};
}
constexpr std::array<RegisterSpec, 21> capturing(std::array<RegisterSpec, 21> table) {
  for (RegisterSpec& row : table) {
    if (row.offset == CCMR1) row = {CCMR1, "CCMR1", 0, 0xFCFD, 0x0302};
    if (row.offset == OR) row = {OR, "OR", 0, 0x0003, 0x0C00};
  }
  return table;
}
constexpr auto table16 = rows(0xFFFF);
constexpr auto table11 = capturing(table16);
constexpr auto table32 = rows(0xFFFFFFFF);

// RM0383 tables 1 and 37.
const TimerKind& kind_of(unsigned number) {
  static const std::array<std::pair<unsigned, TimerKind>, 8> kinds = {{
      {1, {{"TIM1", 0x40010000, 0x400, Bus::apb2, 0}, table16, false, 4, 25, 1, 27}},
      {2, {{"TIM2", 0x40000000, 0x400, Bus::apb1, 0}, table32, true, 4, 28, 0, 28}},
      {3, {{"TIM3", 0x40000400, 0x400, Bus::apb1, 1}, table16, false, 4, 29, 0, 29}},
      {4, {{"TIM4", 0x40000800, 0x400, Bus::apb1, 2}, table16, false, 4, 30, 0, 30}},
      {5, {{"TIM5", 0x40000C00, 0x400, Bus::apb1, 3}, table32, true, 4, 50, 0, 50}},
      {9, {{"TIM9", 0x40014000, 0x400, Bus::apb2, 16}, table16, false, 2, 24, 0, 24}},
      {10, {{"TIM10", 0x40014400, 0x400, Bus::apb2, 17}, table16, false, 1, 25, 0, 25}},
      {11, {{"TIM11", 0x40014800, 0x400, Bus::apb2, 18}, table11, false, 1, 26, 0, 26}},
  }};
  for (const auto& [known, kind] : kinds) {
    if (known == number) return kind;
  }
  throw std::logic_error("no such timer");
}

}  // namespace

Timer::Timer(Wiring& wiring, unsigned number, std::function<Hertz()> frequency)
    : Timer(wiring, kind_of(number), std::move(frequency)) {}

Timer::Timer(Wiring& wiring, const TimerKind& kind, std::function<Hertz()> frequency)
    : Peripheral(wiring, kind.place, kind.table),
      kind_(kind),
      frequency_(std::move(frequency)),
      alarm_(wiring.scheduler, [this](Time) {
        catch_up();
        arm();
      }) {
  load_shadows();
}

void Timer::load_shadows() {
  reload_ = at(ARR);
  prescaler_ = at(PSC);
}

void Timer::advance(std::uint64_t ticks) {
  since_ += duration_of(ticks * (std::uint64_t{prescaler_} + 1), clock_);
}

// Brings counter and flags to now. The first overflow may change the period; the ones after it are
// all alike.
void Timer::catch_up() {
  while (is_counting() && clock_ != 0) {
    const std::uint64_t ticks = ticks_in(now() - since_, clock_) / (std::uint64_t{prescaler_} + 1);
    // Beyond ARR it would count through all its bits; that does not come to an end here.
    const std::uint64_t left = count_ <= reload_ ? period() - count_ : ~std::uint64_t{0};
    if (ticks < left) {
      visit(count_ + 1, count_ + ticks);
      advance(ticks);
      count_ += ticks;
      break;
    }
    visit(count_ + 1, reload_);
    advance(left);
    count_ = 0;
    visit(0, 0);
    overflow();
    const std::uint64_t more = ticks - left;
    if (is_counting() && more >= 2 * period()) {
      visit(0, reload_);
      advance((more / period() - 1) * period());
    }
  }
  update_line();
}

// The counter went through these values.
void Timer::visit(std::uint64_t first, std::uint64_t last) {
  for (unsigned channel = captures() ? 1 : 0; channel < kind_.channels; ++channel) {
    const std::uint32_t compare = at(CCR1 + 4 * channel);
    if (compare >= first && compare <= last) at(SR) |= bit(1 + channel);
  }
}

bool Timer::captures() const {
  return (at(CCMR1) & 3) == 1;
}

// What TI1 has done since the last look: the counter at the latest edge that counts is in CCR1.
// TI1 is HSE_RTC (RM0383 14.5.11).
void Timer::capture() {
  constexpr std::uint32_t from_hse = 2;
  const bool on = captures() && (at(CCER) & 1) != 0 && (at(OR) & 3) == from_hse && is_counting();
  const Hertz frequency = on ? signal() : 0;
  if (frequency == 0 || clock_ == 0) return;
  const std::uint64_t edges = std::uint64_t{1} << field(at(CCMR1), 2, 2);
  const std::uint64_t events = ticks_in(now() - captures_since_, frequency) / edges;
  if (events <= captured_) return;
  captured_ = events;
  const Time latest = captures_since_ + duration_of(events * edges, frequency);
  const std::uint64_t ago = ticks_in(now() - latest, clock_) / (std::uint64_t{prescaler_} + 1);
  at(SR) |= capture_event;
  at(CCR1) = static_cast<std::uint32_t>((count_ + period() - ago % period()) % period());
}

void Timer::overflow() {
  if ((at(CR1) & update_disabled) != 0) return;
  at(SR) |= update_event;
  load_shadows();
  if ((at(CR1) & one_pulse) != 0) at(CR1) &= ~enabled;
}

void Timer::update_line() {
  const std::uint32_t due = at(SR) & at(DIER);
  const bool shared = kind_.update_irq == kind_.compare_irq;
  set_line(kind_.update_irq, (due & (shared ? ~0U : update_event)) != 0, kind_.update_source);
  if (!shared) set_line(kind_.compare_irq, (due & compare_events) != 0);
}

// Only what interrupts, or stops the timer, has to happen on time.
void Timer::arm() {
  alarm_.cancel();
  if (!is_counting() || clock_ == 0) return;
  std::uint64_t next = ~std::uint64_t{0};
  const auto consider = [&](std::uint64_t value) {
    if (value > reload_) return;
    next = std::min(next, value > count_ ? value - count_ : value + period() - count_);
  };
  if ((at(DIER) & update_event) != 0 || (at(CR1) & one_pulse) != 0) consider(0);
  for (unsigned channel = 0; channel < kind_.channels; ++channel) {
    if ((at(DIER) & bit(1 + channel)) != 0) consider(at(CCR1 + 4 * channel));
  }
  if (next == ~std::uint64_t{0}) return;
  alarm_.set(since_ + duration_of(next * (std::uint64_t{prescaler_} + 1), clock_));
}

void Timer::clocks_changed() {
  catch_up();
  since_ = now();
  clock_ = frequency_();
  arm();
}

void Timer::generate(std::uint32_t events) {
  at(SR) |= events & compare_events;
  if ((events & update_event) == 0) return;
  count_ = 0;
  since_ = now();
  if ((at(CR1) & update_disabled) != 0) return;
  load_shadows();
  if ((at(CR1) & only_overflow) == 0) at(SR) |= update_event;
}

std::uint32_t Timer::on_read(std::uint32_t offset) {
  const bool captured = captures() && offset == CCR1;
  if (offset != CNT && offset != SR && offset != CR1 && !captured) return at(offset);
  catch_up();
  capture();
  if (captured) at(SR) &= ~capture_event;
  return offset == CNT ? static_cast<std::uint32_t>(count_) : at(offset);
}

void Timer::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  const std::uint32_t written = at(offset);
  at(offset) = before;
  catch_up();
  at(offset) = written;
  switch (offset) {
    case CR1:
      if ((value & ~before & enabled) != 0) {
        since_ = captures_since_ = now();
        captured_ = 0;
      }
      clock_ = frequency_();
      break;
    case CCMR1:
    case CCER:
      captures_since_ = now();
      captured_ = 0;
      break;
    case SR: at(SR) &= value; break;
    case EGR: generate(value); break;
    case CNT:
      count_ = kind_.is_wide ? value : value & 0xFFFF;
      since_ = now();
      break;
    case ARR:
      if ((at(CR1) & preload) == 0) reload_ = at(ARR);
      break;
    default: break;
  }
  update_line();
  arm();
}

void Timer::on_reset() {
  count_ = 0;
  since_ = now();
  load_shadows();
  alarm_.cancel();
  update_line();
}

}  // namespace emulator
