// SPDX-License-Identifier: GPL-3.0-or-later
// Power control: voltage scale, access to the backup domain, and which sleep is deep (RM0383
// chapter 5).
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class Pwr : public Peripheral {
 public:
  explicit Pwr(Wiring& wiring);

  /// The voltage scale has changed.
  std::function<void()> on_voltage = [] {};

  bool backup_is_writable() const { return (peek(0x0) & bit(8)) != 0; }
  unsigned voltage_scale() const { return field(peek(0x0), 14, 2); }
  /// Deep sleep means standby, not stop.
  bool stands_by() const { return (peek(0x0) & bit(1)) != 0; }
  bool wakes_by_pin() const { return (peek(0x4) & bit(8)) != 0; }
  void note_wakeup(bool from_standby);

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  bool survives(std::uint32_t offset) const override { return offset == 0x4; }
};

}  // namespace emulator
