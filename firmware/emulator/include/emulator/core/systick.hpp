// SPDX-License-Identifier: GPL-3.0-or-later
// The SysTick timer (ARMv7-M B3.3).
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class SysTick : public Peripheral {
 public:
  explicit SysTick(Wiring& wiring, const Clock& clock);

  void clocks_changed() override;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  Hertz frequency() const;
  std::uint32_t value() const;
  void start_from(std::uint32_t value, Time since);
  void wrapped(Time due);

  const Clock& clock_;
  Hertz counting_at_ = 0;
  std::uint32_t from_ = 0;  // the counter, at that time
  Time since_{};
  Alarm wrap_;
};

}  // namespace emulator
