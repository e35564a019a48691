// SPDX-License-Identifier: GPL-3.0-or-later
// What a program finds in a chip's registers.
#pragma once

#include <map>

#include "emulator/machine.hpp"

namespace rom_comparison {

/// By name: those of all peripherals and of the core, and what each interrupt is set to.
std::map<std::string, std::uint32_t> registers_of(const emulator::Machine& machine);

}  // namespace rom_comparison
