// SPDX-License-Identifier: GPL-3.0-or-later
// firmware/sysboot, compiled for the host once for each chip and store that the tests look at.
#pragma once

#include <string>

#include "register_model.hpp"

extern "C" {
// As the linker script of an application would place them.
extern std::uint32_t _bflag[2];
extern std::uint32_t _estack[2];
}

namespace firmware_test {

struct Library {
  const char* name;
  const ChipFacts& chip;
  unsigned tries;              ///< SYSBOOT_TRIES that it was compiled with, or the default
  std::uintptr_t record;       ///< address of the record
  bool record_is_in_ram;       ///< else in backup registers
  std::uintptr_t vtor_in_rom;  ///< what VTOR has to be when the ROM starts
  unsigned (*check)();
  int (*rom_exit)();
  void (*request)();
  void (*clean_reset)();
  std::uint32_t (*reset_flags)();
  void (*confirm)();
};
const std::vector<Library>& libraries();

/// enum sysboot_exit
enum Exit { exit_jump = 0, exit_software_reset = 1, exit_other_reset = 2, exit_clean = 3 };

}  // namespace firmware_test
