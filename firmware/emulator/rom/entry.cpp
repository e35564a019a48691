// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/rom/entry.hpp"

#include <fmt/core.h>

namespace emulator {
namespace {

// Where a program may have switched a clock on for the jump itself: to remap, as BOOT0 does.
constexpr std::string_view for_remapping = "SYSCFG";
constexpr std::uint32_t tick_control = 0x00;

using Violations = std::vector<std::string>;

void check_cpu(const Machine& machine, Violations& found) {
  const Cpu& cpu = machine.cpu();
  if (cpu.primask() != 0) found.push_back("PRIMASK is set: the ROM's USB needs its interrupt");
  if (cpu.faultmask() != 0) found.push_back("FAULTMASK is set");
  if (cpu.basepri() != 0) found.push_back(fmt::format("BASEPRI is 0x{:02X}", cpu.basepri()));
  if (const auto exception = cpu.xpsr() & 0x1FF; exception != 0) {
    found.push_back(fmt::format("jumped from the handler of exception {}", exception));
  }
  if ((cpu.control() & 1) != 0) found.push_back("the CPU has given up its privileges");
  if ((cpu.control() & 2) != 0) found.push_back("the process stack is in use");
  if ((cpu.control() & 4) != 0) found.push_back("a floating-point context is active");
  const std::uint32_t stack = machine.word(system_memory_base);
  const std::uint32_t start = machine.word(system_memory_base + 4);
  if (cpu.msp() != stack) {
    found.push_back(
        fmt::format("the stack pointer is {}, not the ROM's {}", hex32(cpu.msp()), hex32(stack)));
  }
  const Address pc = cpu.pc() < system_memory_base ? cpu.pc() + system_memory_base : cpu.pc();
  if (pc != (start & ~1U)) {
    found.push_back(fmt::format("jumped to {}, not to the ROM's reset vector {}", hex32(pc),
                                hex32(start & ~1U)));
  }
}

void check_interrupts(const Machine& machine, Violations& found) {
  const Exceptions& exceptions = machine.exceptions();
  const auto list = [&](bool (Exceptions::*is)(unsigned) const, const char* what) {
    for (unsigned irq = 0; irq < Exceptions::irqs; ++irq) {
      if ((exceptions.*is)(first_irq + irq)) {
        found.push_back(fmt::format("interrupt {} is {}", irq, what));
      }
    }
  };
  list(&Exceptions::is_enabled, "enabled");
  list(&Exceptions::is_pending, "pending");
  if (exceptions.is_pending(sys_tick)) found.push_back("SysTick is pending");
  if (exceptions.is_pending(pend_sv)) found.push_back("PendSV is pending");
  if ((machine.chip().systick.peek(tick_control) & 1) != 0) found.push_back("SysTick runs");
}

void check_chip(const Machine& machine, Violations& found) {
  const Chip& chip = machine.chip();
  for (const auto& difference : chip.rcc.differences_from_reset()) found.push_back(difference);
  for (const Peripheral* peripheral : chip.clocked()) {
    if (peripheral->place().name == for_remapping) continue;
    found.push_back(fmt::format("{} has its clock", peripheral->place().name));
  }
  for (const Peripheral* peripheral : chip.not_reset()) {
    if (peripheral->place().name == for_remapping) continue;
    found.push_back(fmt::format("{} is not as after a reset", peripheral->place().name));
  }
  if (chip.otg.is_attached()) found.push_back("the USB pull-up is on: the host sees no unplug");
  if (chip.iwdg.runs()) found.push_back("the independent watchdog runs");
}

}  // namespace

std::vector<std::string> rom_entry_violations(const Machine& machine) {
  Violations found;
  if (machine.entered_rom_by_reset()) return found;
  check_cpu(machine, found);
  check_interrupts(machine, found);
  check_chip(machine, found);
  return found;
}

}  // namespace emulator
