// SPDX-License-Identifier: GPL-3.0-or-later
// What a debugger would use, and programs use without one: the cycle counter (DWT), the trace port
// (ITM), and the chip's debug configuration.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

/// DHCSR to DEMCR. No debugger is connected.
class CoreDebug : public Peripheral {
 public:
  explicit CoreDebug(Wiring& wiring);
  bool trace_on() const { return (peek(0xC) & bit(24)) != 0; }
};

class Dwt : public Peripheral {
 public:
  Dwt(Wiring& wiring, const Clock& clock, const CoreDebug& core_debug);

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  bool counts() const;
  std::uint32_t count() const;

  const Clock& clock_;
  const CoreDebug& core_debug_;
  std::uint32_t counted_ = 0;
  Cycles since_ = 0;
};

/// Takes what programs print through stimulus port 0.
class Itm : public Peripheral {
 public:
  explicit Itm(Wiring& wiring);
  const std::string& text() const { return text_; }

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;

 private:
  std::string text_;
};

/// The trace port interface and the breakpoint unit: programs write to them, and nothing comes of
/// it.
class Tpiu : public Peripheral {
 public:
  explicit Tpiu(Wiring& wiring);
};
class Fpb : public Peripheral {
 public:
  explicit Fpb(Wiring& wiring);
};

/// DBGMCU (RM0383 23.16). Keeps its content through a system reset.
class DbgMcu : public Peripheral {
 public:
  explicit DbgMcu(Wiring& wiring);

 protected:
  bool survives(std::uint32_t /*offset*/) const override { return true; }
};

}  // namespace emulator
