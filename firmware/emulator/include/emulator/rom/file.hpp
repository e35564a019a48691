// SPDX-License-Identifier: GPL-3.0-or-later
// A ROM that somebody has dumped from a chip of theirs, to be run instead of the model. It is ST's:
// there is none in here.
#pragma once

#include "emulator/machine.hpp"

namespace emulator {

/// FILE holds system memory from 0x1FFF0000 on; it runs in an F411. "f413:FILE" runs in an F413.
/// Sets `model` and `rom`. Errors: no_input; usage for what is too short or has no reset vector.
void use_rom(MachineSettings& settings, const std::string& file);
/// The one that STM32BOOT_ROM names, if any.
void use_rom_of_environment(MachineSettings& settings);

/// The ROM of the F413 (V9.0) asks for sizes of its own chip, not for those that are there: changes
/// what it compares with to the sizes of the F411. Every other ROM stays as it is.
void fit_to_f411(Bytes& rom);
/// Likewise the layout of flash that it names, which is only there once the ROM has unpacked it
/// into its RAM. False while it is not.
bool fit_layout_to_f411(std::span<std::uint8_t> ram);

}  // namespace emulator
