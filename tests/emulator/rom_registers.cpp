// SPDX-License-Identifier: GPL-3.0-or-later
#include "rom_registers.hpp"

#include <fmt/core.h>

namespace rom_comparison {
namespace {

using Values = std::map<std::string, std::uint32_t>;

void add_registers(const emulator::Peripheral& peripheral, Values& values) {
  for (const auto& row : peripheral.registers()) {
    values[peripheral.register_name(row.offset)] = peripheral.peek(row.offset);
  }
}

void add_interrupts(const emulator::Exceptions& exceptions, Values& values) {
  for (unsigned number = emulator::sys_tick; number < emulator::Exceptions::count; ++number) {
    values[fmt::format("exception {}, enabled", number)] = exceptions.is_enabled(number) ? 1 : 0;
    values[fmt::format("exception {}, pending", number)] = exceptions.is_pending(number) ? 1 : 0;
    values[fmt::format("exception {}, priority", number)] = exceptions.priority(number);
  }
}

}  // namespace

Values registers_of(const emulator::Machine& machine) {
  Values values;
  for (const auto* peripheral : machine.chip().all()) add_registers(*peripheral, values);
  add_registers(machine.core().scb(), values);
  add_interrupts(machine.exceptions(), values);
  const emulator::Cpu& cpu = machine.cpu();
  values["MSP"] = cpu.msp();
  values["CONTROL"] = cpu.control();
  values["PRIMASK"] = cpu.primask();
  values["FAULTMASK"] = cpu.faultmask();
  values["BASEPRI"] = cpu.basepri();
  return values;
}

}  // namespace rom_comparison
