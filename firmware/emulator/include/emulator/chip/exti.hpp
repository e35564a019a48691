// SPDX-License-Identifier: GPL-3.0-or-later
// External interrupts and events (RM0383 chapter 10), and the system configuration that says which
// port they watch and what is at address 0 (chapter 7).
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class Exti : public Peripheral {
 public:
  explicit Exti(Wiring& wiring);

  /// Lines beyond the 16 pins.
  enum Line : unsigned { pvd = 16, rtc_alarm = 17, usb_wakeup = 18, tamper = 21, rtc_wakeup = 22 };

  /// An event for WFE.
  std::function<void()> on_event = [] {};

  void edge(unsigned line, bool rising);

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override { update(); }

 private:
  void trigger(std::uint32_t lines);
  void update();
};

enum class BootMemory : std::uint32_t { flash = 0, system = 1, ram = 3 };

class Syscfg : public Peripheral {
 public:
  explicit Syscfg(Wiring& wiring);

  /// What is at address 0.
  std::function<void(BootMemory)> on_remap = [](BootMemory) {};

  BootMemory memory_at_0() const { return static_cast<BootMemory>(field(peek(0x00), 0, 2)); }
  /// What the boot pins said at the last reset of the chip; a reset of SYSCFG by RCC goes back to
  /// it (RM0383 7.2.1, MEM_MODE).
  void boot_from(BootMemory memory);
  /// Which port the EXTI line of this pin watches: 0 for A.
  unsigned exti_port(unsigned pin) const;

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  BootMemory boot_memory_ = BootMemory::flash;
};

}  // namespace emulator
