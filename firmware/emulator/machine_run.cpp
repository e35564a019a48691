// SPDX-License-Identifier: GPL-3.0-or-later
// How the machine runs: instructions, exceptions, sleep, and time that passes without either.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "emulator/machine.hpp"

namespace emulator {
namespace {

// Cortex-M4 technical reference manual 3.9.
constexpr Cycles entry_cycles = 12;
constexpr Cycles return_cycles = 10;

// CFSR, ARMv7-M B3.2.15; HFSR, B3.2.16.
constexpr std::uint32_t instruction_bus_error = bit(8);
constexpr std::uint32_t precise_bus_error = bit(9);
constexpr std::uint32_t imprecise_bus_error = bit(10);
constexpr std::uint32_t instruction_access_violation = bit(0);
constexpr std::uint32_t undefined_instruction = bit(16);
constexpr std::uint32_t invalid_state = bit(17);
constexpr std::uint32_t no_coprocessor = bit(19);
constexpr std::uint32_t debug_event = bit(31);

bool never_executable(Address address) {
  return (address >= 0x40000000 && address < 0x60000000) || address >= 0xA0000000;
}

}  // namespace

bool Machine::may_go_on() const {
  return powered_ && !in_rom_ && !is_stopped();
}

void Machine::stop_soon() {
  clock_.limit = 0;
}

Time Machine::next_event() const {
  if (!powered_ || is_stopped()) return never;
  const bool runs =
      !in_rom_ && !core_.locked_up() && sleep_ == Sleep::none && clock_.frequency() != 0;
  return runs ? now() : scheduler_.next();
}

// Time up to `end`, or to what is due before.
void Machine::pass_time(Time end) {
  const Time when = std::min(end, scheduler_.next());
  if (when == never) return;
  if (clock_.frequency() == 0) return clock_.skip_to(when);
  clock_.cycles = std::max(clock_.cycles, clock_.cycle_at(when));
}

// True when the CPU is to execute instructions next.
bool Machine::prepare(Time end) {
  scheduler_.run_due();
  if (wanted_reset_) {
    reset(*wanted_reset_);
    return false;
  }
  if (core_reset_wanted_) reset_core();
  if (flash_change_.end != 0) {
    const auto [begin, end_of_change] = std::exchange(flash_change_, {});
    cpu_.forget_code(begin, end_of_change - begin);
    cpu_.forget_code(begin - flash_base, end_of_change - begin);
  }
  if (!may_go_on()) return false;
  if (runs_rom_ && is_outside_rom()) set_runs_rom(false);
  if (core_.locked_up()) {
    pass_time(end);
    return false;
  }
  if (sleep_ != Sleep::none) {
    const bool awake =
        sleep_ == Sleep::until_event ? core_.event || core_.may_take() : core_.wakes();
    if (!awake) {
      pass_time(end);
      return false;
    }
    if (sleep_ == Sleep::until_event) core_.event = false;
    sleep_ = Sleep::none;
    core_.woken();
  }
  const bool by_alias = memory_at_0_ == BootMemory::flash && cpu_.pc() < flash_.content().size();
  const bool waits = chip_.flash.is_busy() && (by_alias || flash_.contains(cpu_.pc(), 1));
  if (waits || clock_.frequency() == 0) {  // nothing to execute until it is done
    pass_time(end);
    return false;
  }
  if (core_.take_pending()) clock_.cycles += entry_cycles;
  if (core_.locked_up() || !may_go_on()) return false;
  clock_.limit = std::min(clock_.cycle_at(end), clock_.cycle_at(scheduler_.next()));
  return true;
}

void Machine::run_until(Time end) {
  while (now() < end && !is_stopped() && powered_) {
    if (in_rom_) {
      scheduler_.run_due();
      if (wanted_reset_) {
        reset(*wanted_reset_);
      } else {
        return;
      }
    }
    if (prepare(end)) {
      const Stop stop = cpu_.run();
      act_on(stop);
      if (stop == Stop::spinning) pass_time(end);
    }
  }
  if (now() >= end) scheduler_.run_due();
}

void Machine::step(unsigned instructions) {
  for (unsigned i = 0; i < instructions && may_go_on() && !core_.locked_up();) {
    const Time soon = now() + std::chrono::milliseconds(1);
    if (!prepare(soon)) continue;
    const Stop stop = cpu_.step(1);
    act_on(stop);
    if (stop != Stop::limit && stop != Stop::interrupt) ++i;
    if (stop == Stop::spinning) pass_time(soon);
  }
}

bool Machine::run_to(Address address, Time within) {
  const Time end = now() + within;
  while (now() < end && may_go_on()) {
    if (!prepare(end)) continue;
    const Stop stop = cpu_.run_to(address);
    act_on(stop);
    if (stop == Stop::spinning) pass_time(end);
    if (cpu_.pc() == (address & ~1U)) return true;
  }
  return false;
}

bool Machine::run_to(const std::string& function, Time within) {
  return run_to(symbol(function), within);
}

void Machine::fall_asleep(Sleep sleep) {
  if (core_.scb().sleeps_deeply()) {
    reports_.add(Finding::unmodelled,
                 chip_.pwr.stands_by() ? "standby mode" : "stop mode: clocks run on as in sleep");
  }
  sleep_ = sleep;
}

void Machine::act_on(Stop stop) {
  const auto fault = [this](Exception exception, std::uint32_t cfsr, const std::string& what,
                            std::optional<Address> address = std::nullopt) {
    reports_.add(Finding::fault, what);
    core_.fault({exception, cfsr, address});
  };
  switch (stop) {
    case Stop::limit:
    case Stop::interrupt:
    case Stop::steps:
    case Stop::breakpoint:
    case Stop::aborted:
    case Stop::spinning: break;
    case Stop::wait_for_interrupt: fall_asleep(Sleep::until_interrupt); break;
    case Stop::wait_for_event:
      if (!std::exchange(core_.event, false)) fall_asleep(Sleep::until_event);
      break;
    case Stop::supervisor_call:
      core_.supervisor_call();
      clock_.cycles += entry_cycles;
      break;
    case Stop::exception_return:
      core_.return_from_exception();
      clock_.cycles += return_cycles;
      if (core_.sleeps_now()) fall_asleep(Sleep::until_interrupt);
      break;
    case Stop::debug_breakpoint:
      core_.scb().add_hard_fault(debug_event);
      fault(debug_monitor, 0, "BKPT");
      break;
    case Stop::undefined: fault(usage_fault, undefined_instruction, "undefined instruction"); break;
    case Stop::no_coprocessor:
      fault(usage_fault, no_coprocessor, "floating-point instruction with the FPU off");
      break;
    case Stop::invalid_state: fault(usage_fault, invalid_state, "ARM state"); break;
    case Stop::fetch_fault: act_on_fetch_fault(); break;
    case Stop::read_fault:
    case Stop::write_fault: {
      const Address where = cpu_.fault_address();
      const bool reads = stop == Stop::read_fault;
      reports_.add(
          Finding::unmodelled,
          fmt::format("{} {}, where no memory is", reads ? "read from" : "write to", hex32(where)));
      if (reads) {
        fault(bus_fault, precise_bus_error, "bus error", where);
      } else {
        fault(bus_fault, imprecise_bus_error, "bus error");
      }
      break;
    }
  }
}

void Machine::act_on_fetch_fault() {
  const Address pc = cpu_.pc();
  const bool by_alias =
      memory_at_0_ == BootMemory::system && pc < system_memory_end - system_memory_base;
  if (by_alias || (pc >= system_memory_base && pc < system_memory_end)) {
    in_rom_ = true;
    entered_by_reset_ = booted_from_rom_;
    return;
  }
  reports_.add(Finding::unmodelled, "execution where nothing can be executed,");
  const bool violation = never_executable(pc);
  reports_.add(Finding::fault, "instruction fetch");
  core_.fault({violation ? mem_manage_fault : bus_fault,
               violation ? instruction_access_violation : instruction_bus_error, std::nullopt});
}

}  // namespace emulator
