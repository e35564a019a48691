// SPDX-License-Identifier: GPL-3.0-or-later
// The system control block, with the FPU's and the MPU's control registers (ARMv7-M B3.2,
// PM0214 4.4 to 4.6), and the interrupt controller's registers.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class Scb : public Peripheral {
 public:
  explicit Scb(Wiring& wiring);

  /// AIRCR.SYSRESETREQ was written.
  std::function<void()> on_system_reset = [] {};
  /// VECTRESET: only of the core.
  std::function<void()> on_core_reset = [] {};
  /// CPACR was written.
  std::function<void()> on_fpu_access = [] {};
  /// Which exception the CPU is handling; 0 for none.
  std::function<unsigned()> current_exception = [] { return 0U; };
  /// Is there floating-point state that has not been stacked yet?
  std::function<bool()> lazy_state_pending = [] { return false; };

  Address vector_table() const { return peek(0xD08); }
  bool fpu_on() const;
  bool aligns_stack() const { return (peek(0xD14) & bit(9)) != 0; }
  bool thread_from_nested() const { return (peek(0xD14) & bit(0)) != 0; }
  bool sleeps_on_exit() const { return (peek(0xD10) & bit(1)) != 0; }
  bool sleeps_deeply() const { return (peek(0xD10) & bit(2)) != 0; }
  bool sends_event_on_pend() const { return (peek(0xD10) & bit(4)) != 0; }
  bool stacks_fpu_lazily() const { return (peek(0xF34) & bit(30)) != 0; }
  bool fpu_state_is_automatic() const { return (peek(0xF34) & bit(31)) != 0; }
  bool mpu_on() const { return (peek(0xD94) & bit(0)) != 0; }

  void set_vector_table(Address address) { at(0xD08) = address; }
  /// Adds to CFSR; bits as in ARMv7-M B3.2.15.
  void add_fault(std::uint32_t cfsr_bits) { at(0xD28) |= cfsr_bits; }
  void add_bus_fault(std::uint32_t cfsr_bits, std::optional<Address> address);
  /// Adds to HFSR.
  void add_hard_fault(std::uint32_t bits) { at(0xD2C) |= bits; }
  /// Where the stack frame has room for floating-point registers.
  void set_lazy_address(Address address) { at(0xF38) = address; }

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;

 private:
  std::uint32_t icsr() const;
  std::uint32_t shcsr() const;
  void write_icsr(std::uint32_t value);
  void write_aircr(std::uint32_t value);
  void write_shcsr(std::uint32_t value);
};

/// ISER, ICER, ISPR, ICPR, IABR, IPR and STIR.
class NvicRegisters : public Peripheral {
 public:
  explicit NvicRegisters(Wiring& wiring);

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;

 private:
  std::uint32_t bits(std::uint32_t word, bool (Exceptions::*is)(unsigned) const) const;
};

}  // namespace emulator
