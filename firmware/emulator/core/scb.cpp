// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/core/scb.hpp"

#include <algorithm>

namespace emulator {
namespace {

// Offsets from 0xE000E000.
enum Register : std::uint16_t {
  ICTR = 0x004,
  ACTLR = 0x008,
  CPUID = 0xD00,
  ICSR = 0xD04,
  VTOR = 0xD08,
  AIRCR = 0xD0C,
  SCR = 0xD10,
  CCR = 0xD14,
  SHPR1 = 0xD18,
  SHPR3 = 0xD20,
  SHCSR = 0xD24,
  CFSR = 0xD28,
  HFSR = 0xD2C,
  DFSR = 0xD30,
  MMFAR = 0xD34,
  BFAR = 0xD38,
  AFSR = 0xD3C,
  CPACR = 0xD88,
  FPCCR = 0xF34,
};

constexpr std::uint32_t write_key = 0x05FA;
constexpr std::uint32_t read_key = 0xFA05;
constexpr std::uint32_t lazy_state_active = bit(0);

// Reset values: PM0214, and the Cortex-M4 technical reference manual 4.2. The CPU is r0p1.
constexpr RegisterSpec scb_table[] = {
    {ICTR, "ICTR", 0x00000002},
    {ACTLR, "ACTLR", 0, 0x00000307},
    {CPUID, "CPUID", 0x410FC241},
    {ICSR, "ICSR"},
    {VTOR, "VTOR", 0, 0x3FFFFF80},
    {AIRCR, "AIRCR"},
    {SCR, "SCR", 0, 0x00000016},
    {CCR, "CCR", 0x00000200, 0x00000303,
     0x00000018},  // traps for division by 0 and unaligned access
    {SHPR1, "SHPR1", 0, 0x00F0F0F0},
    {0xD1C, "SHPR2", 0, 0xF0000000},
    {SHPR3, "SHPR3", 0, 0xF0F00000},
    {SHCSR, "SHCSR"},
    {CFSR, "CFSR"},
    {HFSR, "HFSR"},
    {DFSR, "DFSR"},
    {MMFAR, "MMFAR", 0, 0xFFFFFFFF},
    {BFAR, "BFAR", 0, 0xFFFFFFFF},
    {AFSR, "AFSR", 0, 0xFFFFFFFF},
    {0xD40, "ID_PFR0", 0x00000030},
    {0xD44, "ID_PFR1", 0x00000200},
    {0xD48, "ID_DFR0", 0x00100000},
    {0xD4C, "ID_AFR0", 0},
    {0xD50, "ID_MMFR0", 0x00100030},
    {0xD54, "ID_MMFR1", 0},
    {0xD58, "ID_MMFR2", 0x01000000},
    {0xD5C, "ID_MMFR3", 0},
    {0xD60, "ID_ISAR0", 0x01141110},
    {0xD64, "ID_ISAR1", 0x02111000},
    {0xD68, "ID_ISAR2", 0x21112231},
    {0xD6C, "ID_ISAR3", 0x01111110},
    {0xD70, "ID_ISAR4", 0x01310132},
    {0xD78, "CLIDR", 0},
    {0xD7C, "CTR", 0x8303C003},
    {0xD80, "CCSIDR", 0},
    {0xD84, "CSSELR", 0},
    {CPACR, "CPACR", 0, 0x00F00000},
    {0xD90, "MPU_TYPE", 0x00000800},
    {0xD94, "MPU_CTRL", 0, 0x00000007, 0x00000001},
    {0xD98, "MPU_RNR", 0, 0x000000FF},
    {0xD9C, "MPU_RBAR", 0, 0xFFFFFFFF},
    {0xDA0, "MPU_RASR", 0, 0xFFFFFFFF},
    {0xDA4, "MPU_RBAR_A1", 0, 0xFFFFFFFF},
    {0xDA8, "MPU_RASR_A1", 0, 0xFFFFFFFF},
    {0xDAC, "MPU_RBAR_A2", 0, 0xFFFFFFFF},
    {0xDB0, "MPU_RASR_A2", 0, 0xFFFFFFFF},
    {0xDB4, "MPU_RBAR_A3", 0, 0xFFFFFFFF},
    {0xDB8, "MPU_RASR_A3", 0, 0xFFFFFFFF},
    {FPCCR, "FPCCR", 0xC0000000, 0xC0000000},
    {0xF38, "FPCAR", 0, 0xFFFFFFF8},
    {0xF3C, "FPDSCR", 0, 0x07C00000, 0x07C00000},
    {0xF40, "MVFR0", 0x10110021},
    {0xF44, "MVFR1", 0x11000011},
};

constexpr Place scb_place = {"SCB", 0xE000E000, 0x1000};

struct HandlerBit {
  unsigned bit;
  Exception exception;
};
// ARMv7-M B3.2.13
constexpr HandlerBit active_bits[] = {{0, mem_manage_fault}, {1, bus_fault},     {3, usage_fault},
                                      {7, sv_call},          {8, debug_monitor}, {10, pend_sv},
                                      {11, sys_tick}};
constexpr HandlerBit pending_bits[] = {
    {12, usage_fault}, {13, mem_manage_fault}, {14, bus_fault}, {15, sv_call}};
constexpr HandlerBit enable_bits[] = {{16, mem_manage_fault}, {17, bus_fault}, {18, usage_fault}};

}  // namespace

Scb::Scb(Wiring& wiring) : Peripheral(wiring, scb_place, scb_table) {}

bool Scb::fpu_on() const {
  // Privileged code is enough for what runs here: 01 and 11.
  return field(peek(CPACR), 20, 1) == 1 && field(peek(CPACR), 22, 1) == 1;
}

void Scb::add_bus_fault(std::uint32_t cfsr_bits, std::optional<Address> address) {
  constexpr std::uint32_t address_valid = bit(15);
  add_fault(cfsr_bits | (address ? address_valid : 0));
  if (address) at(BFAR) = *address;
}

std::uint32_t Scb::icsr() const {
  const Exceptions& e = wiring_.exceptions;
  const unsigned current = current_exception();
  std::uint32_t value = current;
  const bool only_this = e.active_count() == (current != 0 ? 1U : 0U);
  if (only_this) value |= bit(11);  // RETTOBASE
  if (e.candidate()) value |= *e.candidate() << 12;
  for (unsigned irq = first_irq; irq < Exceptions::count; ++irq) {
    if (e.is_pending(irq)) value |= bit(22);
  }
  if (e.is_pending(sys_tick)) value |= bit(26);
  if (e.is_pending(pend_sv)) value |= bit(28);
  if (e.is_pending(nmi)) value |= bit(31);
  return value;
}

std::uint32_t Scb::shcsr() const {
  const Exceptions& e = wiring_.exceptions;
  std::uint32_t value = 0;
  for (const auto& [number, exception] : active_bits) {
    if (e.is_active(exception)) value |= bit(number);
  }
  for (const auto& [number, exception] : pending_bits) {
    if (e.is_pending(exception)) value |= bit(number);
  }
  for (const auto& [number, exception] : enable_bits) {
    if (e.is_enabled(exception)) value |= bit(number);
  }
  return value;
}

std::uint32_t Scb::on_read(std::uint32_t offset) {
  switch (offset) {
    case ICSR: return icsr();
    case SHCSR: return shcsr();
    case AIRCR: return read_key << 16 | wiring_.exceptions.priority_group() << 8;
    case FPCCR: return at(FPCCR) | (lazy_state_pending() ? lazy_state_active : 0);
    default: return at(offset);
  }
}

void Scb::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  switch (offset) {
    case ICSR: write_icsr(value); break;
    case AIRCR: write_aircr(value); break;
    case SHCSR: write_shcsr(value); break;
    case CPACR: on_fpu_access(); break;
    case CFSR:
    case HFSR:
    case DFSR: at(offset) &= ~value; break;
    case SHPR1:
    case SHPR1 + 4:
    case SHPR3:
      for (unsigned i = 0; i < 4; ++i) {
        const unsigned exception = mem_manage_fault + (offset - SHPR1) + i;
        wiring_.exceptions.set_priority(exception,
                                        static_cast<std::uint8_t>(field(at(offset), 8 * i, 8)));
      }
      break;
    default: break;
  }
}

void Scb::write_icsr(std::uint32_t value) {
  Exceptions& e = wiring_.exceptions;
  if ((value & bit(31)) != 0) e.set_pending(nmi, true);
  if ((value & bit(28)) != 0) e.set_pending(pend_sv, true);
  if ((value & bit(27)) != 0) e.set_pending(pend_sv, false);
  if ((value & bit(26)) != 0) e.set_pending(sys_tick, true);
  if ((value & bit(25)) != 0) e.set_pending(sys_tick, false);
}

void Scb::write_aircr(std::uint32_t value) {
  if (value >> 16 != write_key) {
    return report(Finding::misuse, AIRCR, "written without its key");
  }
  wiring_.exceptions.set_priority_group(field(value, 8, 3));
  if ((value & bit(0)) != 0) on_core_reset();
  if ((value & bit(2)) != 0) on_system_reset();
}

void Scb::write_shcsr(std::uint32_t value) {
  Exceptions& e = wiring_.exceptions;
  for (const auto& [number, exception] : active_bits) {
    e.set_active(exception, (value & bit(number)) != 0);
  }
  for (const auto& [number, exception] : pending_bits) {
    e.set_pending(exception, (value & bit(number)) != 0);
  }
  for (const auto& [number, exception] : enable_bits) {
    e.set_enabled(exception, (value & bit(number)) != 0);
  }
}

}  // namespace emulator
