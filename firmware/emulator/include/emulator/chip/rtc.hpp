// SPDX-License-Identifier: GPL-3.0-or-later
// Real-time clock and backup registers: the backup domain, which a reset leaves alone (RM0383
// chapter 18). Time stamps, tamper detection and calibration are reported as unmodelled.
#pragma once

#include "emulator/chip/exti.hpp"
#include "emulator/chip/rcc.hpp"

namespace emulator {

class Rtc : public Peripheral {
 public:
  Rtc(Wiring& wiring, const Rcc& rcc, Exti& exti);

  /// PWR_CR.DBP allows writing to the backup domain.
  std::function<bool()> backup_is_writable = [] { return false; };

  std::uint32_t backup_register(unsigned number) const { return peek(0x50 + 4 * number); }
  /// The backup domain has lost its power.
  void lose_backup();
  void clocks_changed() override;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;
  bool survives(std::uint32_t /*offset*/) const override { return true; }

 private:
  bool may_write(std::uint32_t offset) const;
  void unlock(std::uint32_t key);
  void write_isr(std::uint32_t value, std::uint32_t before);
  void write_cr(std::uint32_t before);
  Hertz clock() const;
  Hertz subsecond_clock() const;
  bool initialises() const;
  void one_second();
  bool alarm_matches(std::uint32_t alarm) const;
  Time wakeup_period() const;
  void raise(std::uint32_t flag, std::uint32_t enable, Exti::Line line);
  void arm();

  const Rcc& rcc_;
  Exti& exti_;
  unsigned keys_seen_ = 0;  // 2: unlocked
  Time second_began_{};
  Alarm second_;
  Alarm wakeup_;
  Alarm ready_;  // RSF and INITF come after two cycles
};

}  // namespace emulator
