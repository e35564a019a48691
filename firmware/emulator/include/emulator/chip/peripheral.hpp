// SPDX-License-Identifier: GPL-3.0-or-later
// A block of registers, described by a table. What the table does not list is reported.
#pragma once

#include "emulator/base/clock.hpp"
#include "emulator/base/report.hpp"
#include "emulator/core/exceptions.hpp"

namespace emulator {

/// What every peripheral is connected to.
struct Wiring {
  Scheduler& scheduler;
  Exceptions& exceptions;
  Reports& reports;

  Time now() const { return scheduler.now(); }
};

/// A row of a register table. Bits that are neither stored nor refused are reserved or have their
/// effect in on_write().
struct RegisterSpec {
  std::uint16_t offset = 0;
  std::string_view name;
  std::uint32_t reset = 0;
  std::uint32_t stored = 0;   ///< bits that keep what is written
  std::uint32_t refused = 0;  ///< bits that mean something on the chip, and nothing here
};
using RegisterTable = std::span<const RegisterSpec>;

/// Where a peripheral's clock comes from. On the APB buses a write of fewer than 32 bits is
/// repeated over all of them (RM0383 2.1.11); elsewhere the other bytes stay.
enum class Bus { core, ahb1, ahb2, apb1, apb2 };

/// A row of the memory map.
struct Place {
  std::string_view name;
  Address base = 0;
  std::uint32_t size = 0;
  Bus bus = Bus::core;
  int clock_bit = -1;  ///< in the bus's enable and reset registers; -1: cannot be switched off
};

/// What a peripheral has for a DMA stream that moves data to or from one of its registers.
enum class DmaRequest { none, pending, unmodelled };

class Peripheral {
 public:
  Peripheral(Wiring& wiring, const Place& place, RegisterTable table);
  virtual ~Peripheral() = default;
  Peripheral(const Peripheral&) = delete;
  Peripheral& operator=(const Peripheral&) = delete;

  const Place& place() const { return place_; }
  RegisterTable registers() const { return table_; }
  /// "GPIOA_ODR (0x40020014)"; by number when the table does not know it.
  std::string register_name(std::uint32_t offset) const;

  /// Accesses by the program; `size` is 1, 2 or 4.
  virtual std::uint32_t read(std::uint32_t offset, unsigned size);
  virtual void write(std::uint32_t offset, unsigned size, std::uint32_t value);

  /// As after a system reset, or after power came on.
  void reset(bool power_on = false);
  /// Does every register hold its reset value?
  bool is_reset() const;
  /// What the register holds, without the effects of reading it.
  std::uint32_t peek(std::uint32_t offset) const;
  /// Is there an item to be moved now, from the register to memory or the other way?
  virtual DmaRequest dma_request(std::uint32_t /*offset*/, bool /*to_memory*/) const {
    return DmaRequest::unmodelled;
  }
  /// dma_request() may have something else to say.
  std::function<void()> on_dma_request = [] {};
  /// The clocks have changed: whoever counts starts anew from what it has counted.
  virtual void clocks_changed() {}

 protected:
  /// The value to read.
  virtual std::uint32_t on_read(std::uint32_t offset) { return at(offset); }
  /// `value` is what was written; at(offset) already holds the stored bits of it.
  virtual void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before);
  virtual void on_reset() {}
  /// A register that a system reset leaves alone. It does not count for is_reset().
  virtual bool survives(std::uint32_t /*offset*/) const { return false; }

  std::uint32_t& at(std::uint32_t offset);
  std::uint32_t at(std::uint32_t offset) const { return peek(offset); }
  Time now() const { return wiring_.now(); }
  void set_line(unsigned irq, bool high, unsigned source = 0) {
    wiring_.exceptions.set_line(irq, high, source);
  }
  /// "USART1_CR1 (0x4001100C): 9 data bits are not modelled"
  void report(Finding finding, std::uint32_t offset, std::string_view text);

  Wiring& wiring_;

 private:
  const RegisterSpec* spec(std::uint32_t offset) const;

  Place place_;
  RegisterTable table_;
  std::vector<const RegisterSpec*> rows_;  // by offset / 4, as are the values
  std::vector<std::uint32_t> values_;
};

}  // namespace emulator
