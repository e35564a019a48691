// SPDX-License-Identifier: GPL-3.0-or-later
// A port of 16 pins (RM0383 chapter 8).
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class Gpio : public Peripheral {
 public:
  /// `letter`: A to E, or H.
  Gpio(Wiring& wiring, char letter);

  /// The level at a pin has changed, whoever did it.
  std::function<void(unsigned pin, bool high)> on_level = [](unsigned, bool) {};

  /// The program has changed what the pins do.
  std::function<void()> on_config = [] {};

  /// What is connected outside; none: nothing.
  void drive(unsigned pin, std::optional<bool> high);
  bool level(unsigned pin) const { return (levels_ & bit(pin)) != 0; }
  bool is_output(unsigned pin) const { return field(peek(0x00), 2 * pin, 2) == 1; }
  /// The pin belongs to this peripheral (RM0383 8.3.2).
  bool has_function(unsigned pin, unsigned alternate_function) const;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  bool computed_level(unsigned pin) const;
  void update();

  std::array<std::optional<bool>, 16> outside_;
  std::uint32_t levels_ = 0;
};

}  // namespace emulator
