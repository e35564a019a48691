// SPDX-License-Identifier: GPL-3.0-or-later
// What the emulator has to know of Thumb instructions besides running them: how long they take, and
// which memory they touch.
#pragma once

#include <array>
#include <optional>

#include "emulator/base/types.hpp"

namespace emulator {

struct Instruction {
  std::uint16_t first = 0;
  std::uint16_t second = 0;  ///< of a 32-bit instruction

  /// In bytes.
  unsigned size() const { return (first >> 11) >= 0x1D ? 4 : 2; }
  /// As in the Cortex-M4 technical reference manual, table 3-1, with branches taken and without
  /// wait states; where the table gives a range, its middle.
  Cycles cycles() const;
  /// Coprocessors 10 and 11.
  bool uses_fpu() const;
  /// How many instructions after it belong to its IT block; 0 when it is no IT.
  unsigned it_length() const;
};

/// A straight piece of code.
struct BlockFacts {
  Cycles cycles = 0;
  bool uses_fpu = false;
  bool sends_event = false;  ///< SEV
  bool spins = false;        ///< nothing but `b .`
};
BlockFacts examine(ByteView code);
Instruction instruction_at(ByteView code, std::size_t offset);

struct MemoryAccess {
  Address address = 0;
  unsigned length = 0;
  bool is_store = false;
};
/// What a load or store at `pc` would touch with these values of r0 to r14; none for other
/// instructions.
std::optional<MemoryAccess> access_of(const Instruction& instruction,
                                      const std::array<std::uint32_t, 15>& registers, Address pc);

}  // namespace emulator
