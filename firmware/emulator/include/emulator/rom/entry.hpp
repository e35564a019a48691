// SPDX-License-Identifier: GPL-3.0-or-later
// What the ROM bootloader takes for granted when a program jumps to it.
#pragma once

#include "emulator/machine.hpp"

namespace emulator {

/// What a machine that has just jumped into system memory does not have as the ROM needs it; empty
/// when the ROM can start. A reset with BOOT0 high leaves everything right. AN2606 4.1: "disable
/// all peripheral clocks, disable used PLL, disable interrupts, clear pending interrupts", and
/// enable interrupts again.
std::vector<std::string> rom_entry_violations(const Machine& machine);

}  // namespace emulator
