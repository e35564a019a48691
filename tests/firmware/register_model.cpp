// SPDX-License-Identifier: GPL-3.0-or-later
#include "register_model.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace firmware_test {
namespace {

constexpr std::uintptr_t vtor = 0xE000ED08;
Chip* current_chip = nullptr;

std::uint32_t random_word() {
  static std::mt19937 engine(411);
  return static_cast<std::uint32_t>(engine());
}

}  // namespace

std::string to_string(Cause cause) {
  switch (cause) {
    case Cause::power: return "power";
    case Cause::brown_out: return "brown_out";
    case Cause::pin: return "pin";
    case Cause::software: return "software";
    case Cause::independent_watchdog: return "independent_watchdog";
    case Cause::window_watchdog: return "window_watchdog";
    case Cause::low_power: return "low_power";
  }
  return "?";
}

// RM0383: RCC_CSR at 0x40023874. Internal resets pull NRST low, which sets PINRSTF (bit 26), too.
const ChipFacts& f411() {
  static const ChipFacts facts = {
      .rom = 0x1FFF0000,
      .reset_flags = 0x40023874,
      .rmvf = 0x01000000,
      .flags = {{Cause::power, 0x0E000000},
                {Cause::brown_out, 0x06000000},
                {Cause::pin, 0x04000000},
                {Cause::software, 0x14000000},
                {Cause::independent_watchdog, 0x24000000},
                {Cause::window_watchdog, 0x44000000},
                {Cause::low_power, 0x84000000}},
      .remap = 0x40013800,
      .remap_clock = 0x40023844,
      .remap_clock_bit = 0x4000,
      .backup = 0x40002850,
      .backup_registers = 20,
      .unlock = 0x40007000,
      .unlock_bit = 0x100,
      .backup_clock = 0x40023840,
      .backup_clock_bits = 0x10000000,
  };
  return facts;
}

// RM0433: RCC_RSR at 0x580244D0. A reset by SYSRESETREQ sets SFTRSTF, PINRSTF and CPURSTF.
const ChipFacts& h743() {
  static const ChipFacts facts = {
      .rom = 0x1FF09800,
      .reset_flags = 0x580244D0,
      .rmvf = 0x00010000,
      .flags = {{Cause::power, 0x00FA0000},
                {Cause::brown_out, 0x00620000},
                {Cause::pin, 0x00420000},
                {Cause::software, 0x01420000},
                {Cause::independent_watchdog, 0x04420000},
                {Cause::window_watchdog, 0x10420000},
                {Cause::low_power, 0x40420000}},
  };
  return facts;
}

// RM0008: backup registers of 16 bits, one every 4 bytes.
const ChipFacts& f107() {
  static const ChipFacts facts = {
      .rom = 0x1FFFB000,
      .reset_flags = 0x40021024,
      .rmvf = 0x01000000,
      .flags = {{Cause::power, 0x0C000000},
                {Cause::brown_out, 0x0C000000},
                {Cause::pin, 0x04000000},
                {Cause::software, 0x14000000},
                {Cause::independent_watchdog, 0x24000000},
                {Cause::window_watchdog, 0x44000000},
                {Cause::low_power, 0x84000000}},
      .backup = 0x40006C04,
      .backup_registers = 10,
      .backup_mask = 0xFFFF,
      .unlock = 0x40007000,
      .unlock_bit = 0x100,
      .backup_clock = 0x4002101C,
      .backup_clock_bits = 0x18000000,
  };
  return facts;
}

Chip::Chip(const ChipFacts& facts) : facts_(facts) {
  current_chip = this;
  add_register(facts.reset_flags);
  add_register(vtor);
  for (const auto address : {facts.remap, facts.remap_clock, facts.unlock, facts.backup_clock}) {
    if (address != 0) add_register(address);
  }
  for (unsigned n = 0; n < facts.backup_registers; ++n) backup_[facts.backup + 4 * n] = 0;
}

Chip::~Chip() {
  current_chip = nullptr;
}

Chip& Chip::current() {
  return *current_chip;
}

void Chip::reset(Cause cause) {
  const std::uint32_t kept = cause == Cause::power ? 0 : flags();
  registers_ = reset_values_;
  registers_[facts_.reset_flags] |= (kept | facts_.flags.at(cause)) & ~facts_.rmvf;
  interrupts_on = true;
  in_interrupt = false;
  priority_masked = false;
  if (cause != Cause::power) return;
  for (auto& word : ram_) word.second = random_word();
  if (!has_battery) {
    for (auto& word : backup_) word.second = 0;
  }
}

void Chip::leave_rom() {
  registers_[vtor] = facts_.rom;
}

void Chip::add_register(std::uintptr_t address, std::uint32_t reset_value) {
  registers_[address] = reset_values_[address] = reset_value;
}

void Chip::add_ram(std::uintptr_t address, std::size_t words) {
  for (std::size_t n = 0; n < words; ++n) ram_[address + 4 * n] = random_word();
}

std::uint32_t Chip::peek(std::uintptr_t address) const {
  for (const auto* memory : {&registers_, &ram_, &backup_}) {
    if (const auto found = memory->find(address); found != memory->end()) return found->second;
  }
  ADD_FAILURE() << fmt::format("no register at {:08X}", address);
  return 0;
}

void Chip::poke(std::uintptr_t address, std::uint32_t value) {
  for (auto* memory : {&registers_, &ram_, &backup_}) {
    if (const auto found = memory->find(address); found != memory->end()) {
      found->second = value;
      return;
    }
  }
  ADD_FAILURE() << fmt::format("no register at {:08X}", address);
}

bool Chip::is_as_after_reset(const std::set<std::uintptr_t>& except) const {
  return std::all_of(registers_.begin(), registers_.end(), [&](const auto& entry) {
    const auto& [address, value] = entry;
    if (address == facts_.reset_flags || except.contains(address)) return true;
    if (value == reset_values_.at(address)) return true;
    ADD_FAILURE() << fmt::format("register {:08X} is {:08X}, after a reset {:08X}", address, value,
                                 reset_values_.at(address));
    return false;
  });
}

std::uint32_t Chip::read(std::uintptr_t address) {
  return peek(address);
}

bool Chip::may_write(std::uintptr_t address) const {
  const auto is_on = [this](std::uintptr_t clock, std::uint32_t bits) {
    return clock == 0 || (peek(clock) & bits) == bits;
  };
  if (address == facts_.remap) return is_on(facts_.remap_clock, facts_.remap_clock_bit);
  if (address == facts_.unlock) return is_on(facts_.backup_clock, facts_.backup_clock_bits);
  if (backup_.contains(address)) {
    return is_on(facts_.unlock, facts_.unlock_bit) &&
           is_on(facts_.backup_clock, facts_.backup_clock_bits);
  }
  return true;
}

void Chip::write(std::uintptr_t address, std::uint32_t value) {
  note(fmt::format("write {:08X}", address));
  if (!may_write(address)) {
    ADD_FAILURE() << fmt::format("register {:08X} is written without clock or permission", address);
    return;
  }
  if (address == facts_.reset_flags && (value & facts_.rmvf) != 0) {
    value &= 0xFFFF;  // the flags go, what shares the register stays
  }
  poke(address, backup_.contains(address) ? value & facts_.backup_mask : value);
  if (on_write) on_write(*this, address, value);
}

std::size_t Chip::position(const std::string& what) const {
  const auto found = std::find(history_.begin(), history_.end(), what);
  if (found == history_.end()) ADD_FAILURE() << "never happened: " << what;
  return static_cast<std::size_t>(found - history_.begin());
}

extern "C" {

std::uint32_t sysboot_cpu_read(std::uintptr_t address) {
  return Chip::current().read(address);
}

void sysboot_cpu_write(std::uintptr_t address, std::uint32_t value) {
  Chip::current().write(address, value);
}

std::uintptr_t sysboot_cpu_base(std::uintptr_t address) {
  return address;
}

void sysboot_cpu_interrupts_off() {
  Chip::current().interrupts_on = false;
  Chip::current().note("interrupts off");
}

void sysboot_cpu_barrier() {
  Chip::current().note("barrier");
}

void sysboot_cpu_unmask_priorities() {
  Chip::current().priority_masked = false;
}

bool sysboot_cpu_in_interrupt() {
  return Chip::current().in_interrupt;
}

void sysboot_cpu_write_record(std::uintptr_t record, std::uint32_t value) {
  EXPECT_EQ(record % 8, 0U);
  Chip::current().note("record");
  Chip::current().poke(record, value);
  Chip::current().poke(record + 4, ~value);
}

void sysboot_cpu_reset() {
  EXPECT_FALSE(Chip::current().interrupts_on);
  Chip::current().note("reset");
  throw Reset{};
}

void sysboot_cpu_seal_and_reset(std::uintptr_t record, std::uint32_t value) {
  sysboot_cpu_write_record(record, value);
  sysboot_cpu_reset();
}

void sysboot_cpu_jump(std::uint32_t table) {
  Chip::current().note("jump");
  Chip::current().interrupts_on = true;
  throw Jump{table};
}

}  // extern "C"

}  // namespace firmware_test
