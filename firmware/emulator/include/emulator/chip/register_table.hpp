// SPDX-License-Identifier: GPL-3.0-or-later
// Register tables with rows that only differ by a number.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

/// A number of registers: "S0CR", "S1CR" and so on from "S{}CR".
struct Numbered {
  std::string_view pattern;  ///< {} stands for the number
  std::uint16_t first_offset = 0;
  std::uint16_t step = 4;
  unsigned count = 1;
  std::uint32_t reset = 0;
  std::uint32_t stored = 0;
  std::uint32_t refused = 0;
  unsigned first_number = 0;
};

/// The names live as long as the program.
std::vector<RegisterSpec> expand(std::span<const Numbered> rows);

}  // namespace emulator
