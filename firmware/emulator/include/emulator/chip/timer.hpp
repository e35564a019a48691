// SPDX-License-Identifier: GPL-3.0-or-later
// Timers that count up, with update and compare events (RM0383 chapters 12 to 14). Slave modes,
// centre-aligned and down-counting are reported as unmodelled, and no pin moves. TIM11 captures
// HSE_RTC, which is how programs measure the crystal; other capture is unmodelled.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

/// What differs between the timers of the chip.
struct TimerKind {
  Place place;
  RegisterTable table;
  bool is_wide = false;  ///< 32 bits
  unsigned channels = 4;
  unsigned update_irq = 0;
  unsigned update_source = 0;  ///< of a shared line
  unsigned compare_irq = 0;    ///< the same as update_irq on most
};

class Timer : public Peripheral {
 public:
  /// `number`: 1 to 5 and 9 to 11. `frequency` says what the clock tree gives it.
  Timer(Wiring& wiring, unsigned number, std::function<Hertz()> frequency);

  void clocks_changed() override;
  bool is_counting() const { return (peek(0x00) & bit(0)) != 0; }
  /// HSE_RTC, for TIM11.
  std::function<Hertz()> signal = [] { return Hertz{0}; };

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  Timer(Wiring& wiring, const TimerKind& kind, std::function<Hertz()> frequency);
  std::uint64_t period() const { return std::uint64_t{reload_} + 1; }
  void catch_up();
  void advance(std::uint64_t ticks);
  void visit(std::uint64_t first, std::uint64_t last);
  void overflow();
  void load_shadows();
  void generate(std::uint32_t events);
  bool captures() const;
  void capture();
  void update_line();
  void arm();

  TimerKind kind_;
  std::function<Hertz()> frequency_;
  Hertz clock_ = 0;  // that it counts with since then
  Time since_{};
  std::uint64_t count_ = 0;   // the counter, at that time
  std::uint32_t reload_ = 0;  // ARR and PSC as they are in use
  std::uint32_t prescaler_ = 0;
  Time captures_since_{};
  std::uint64_t captured_ = 0;  // events since then
  Alarm alarm_;
};

}  // namespace emulator
