// SPDX-License-Identifier: GPL-3.0-or-later
// The two watchdogs (RM0383 chapters 16 and 17).
#pragma once

#include "emulator/chip/rcc.hpp"

namespace emulator {

/// The independent one, on LSI. Once started, only a reset stops it.
class Iwdg : public Peripheral {
 public:
  Iwdg(Wiring& wiring, Rcc& rcc);

  std::function<void()> on_timeout = [] {};

  bool runs() const { return runs_; }
  void start();
  /// What the ROM does to it whether it runs or not: the slowest prescaler. While LSI is off, this
  /// stays pending, and SR.PVU with it (AN2606 4.8).
  void slow_down();
  void refresh() { reload(); }
  void clocks_changed() override;

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  void reload();
  void update_soon(std::uint32_t flags);

  Rcc& rcc_;
  bool runs_ = false;
  bool unlocked_ = false;
  Alarm timeout_;
  Alarm updated_;
};

/// The window watchdog, on PCLK1.
class Wwdg : public Peripheral {
 public:
  Wwdg(Wiring& wiring, std::function<Hertz()> frequency);

  std::function<void()> on_timeout = [] {};
  void clocks_changed() override;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  bool runs() const { return (peek(0x0) & bit(7)) != 0; }
  Time tick() const;
  void catch_up();
  void arm();
  void update_line();

  std::function<Hertz()> frequency_;
  Time since_{};
  Alarm next_;
};

}  // namespace emulator
