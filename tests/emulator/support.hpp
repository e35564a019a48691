// SPDX-License-Identifier: GPL-3.0-or-later
// A machine with one of the test programs in it.
#pragma once

#include <gmock/gmock.h>

#include "emulator/machine.hpp"

namespace emulator {

/// Runs firmware/NAME.c with its variable `scenario` set.
class Bench {
 public:
  explicit Bench(const std::string& program, std::uint32_t scenario = 0,
                 const MachineSettings& settings = {})
      : machine(settings) {
    machine.load_elf(std::string(EMULATOR_FIRMWARE_DIR) + "/" + program + ".elf");
    machine.power_on();
    set("scenario", scenario);
    set("note_count", 0);
  }

  std::uint32_t get(const std::string& variable) const {
    return machine.word(machine.symbol(variable));
  }
  void set(const std::string& variable, std::uint32_t value) {
    machine.set_word(machine.symbol(variable), value);
  }

  /// What the program has noted.
  std::vector<std::uint32_t> notes() const {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < get("note_count"); ++i) {
      all.push_back(machine.word(machine.symbol("notes") + 4 * i));
    }
    return all;
  }
  std::vector<std::uint32_t> notes_after(Time time) {
    machine.run_for(time);
    return notes();
  }
  std::vector<std::string> reports() const { return machine.reports().texts(); }

  Machine machine;
};

constexpr Time milliseconds(int count) {
  return std::chrono::milliseconds(count);
}
constexpr Time microseconds(int count) {
  return std::chrono::microseconds(count);
}

}  // namespace emulator
