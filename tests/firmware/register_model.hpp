// SPDX-License-Identifier: GPL-3.0-or-later
// A chip reduced to what firmware/sysboot touches: registers with their rules, RAM, resets.
//
// It is strict: an access to a register it does not know, a write without the clock or the
// permission that it needs, and a ROM started in a state it does not expect are test failures.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace firmware_test {

/// Thrown where the real functions do not return.
struct Reset {};
struct Jump {
  std::uint32_t table;
};

enum class Cause {
  power,
  brown_out,
  pin,
  software,
  independent_watchdog,
  window_watchdog,
  low_power
};
std::string to_string(Cause cause);

/// Where registers and flags are. Numbers from the reference manuals, not from sysboot_family.h.
struct ChipFacts {
  std::uint32_t rom;
  std::uintptr_t reset_flags;
  std::uint32_t rmvf;
  std::map<Cause, std::uint32_t> flags;  ///< which flags a reset of this cause sets
  std::uintptr_t remap = 0;              ///< SYSCFG_MEMRMP
  std::uintptr_t remap_clock = 0;
  std::uint32_t remap_clock_bit = 0;
  std::uintptr_t backup = 0;  ///< backup registers: first, number, mask of what is stored
  unsigned backup_registers = 0;
  std::uint32_t backup_mask = 0xFFFFFFFF;
  std::uintptr_t unlock = 0;
  std::uint32_t unlock_bit = 0;
  std::uintptr_t backup_clock = 0;
  std::uint32_t backup_clock_bits = 0;
};
const ChipFacts& f411();
const ChipFacts& h743();
const ChipFacts& f107();

class Chip {
 public:
  explicit Chip(const ChipFacts& facts);
  ~Chip();
  Chip(const Chip&) = delete;
  Chip& operator=(const Chip&) = delete;

  /// The one that the C code under test runs on.
  static Chip& current();

  /// Registers go back to their reset values and the cause's flags are added. Power-on fills RAM
  /// with random words and clears all other flags.
  void reset(Cause cause);
  /// The ROM jumps to the application: nothing is reset.
  void leave_rom();
  /// Does the supply of the backup domain survive a power loss?
  bool has_battery = false;

  void add_register(std::uintptr_t address, std::uint32_t reset_value = 0);
  void add_ram(std::uintptr_t address, std::size_t words);
  std::uint32_t peek(std::uintptr_t address) const;
  void poke(std::uintptr_t address, std::uint32_t value);
  std::uint32_t flags() const { return peek(facts_.reset_flags); }
  /// Every register but the reset flags and `except` has its reset value.
  bool is_as_after_reset(const std::set<std::uintptr_t>& except) const;

  // What the C code does.
  std::uint32_t read(std::uintptr_t address);
  void write(std::uintptr_t address, std::uint32_t value);
  void note(std::string what) { history_.push_back(std::move(what)); }

  bool interrupts_on = true;
  bool in_interrupt = false;
  bool priority_masked = false;

  /// In order: "interrupts off", "write 40023874", "record", "reset", "jump".
  const std::vector<std::string>& history() const { return history_; }
  std::size_t position(const std::string& what) const;
  void forget_history() { history_.clear(); }
  /// Called on each write, for registers that react.
  std::function<void(Chip&, std::uintptr_t, std::uint32_t)> on_write;

 private:
  bool may_write(std::uintptr_t address) const;

  const ChipFacts& facts_;
  std::map<std::uintptr_t, std::uint32_t> registers_;
  std::map<std::uintptr_t, std::uint32_t> reset_values_;
  std::map<std::uintptr_t, std::uint32_t> ram_;
  std::map<std::uintptr_t, std::uint32_t> backup_;
  std::vector<std::string> history_;
};

}  // namespace firmware_test
