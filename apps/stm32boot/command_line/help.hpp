// SPDX-License-Identifier: GPL-3.0-or-later
// What --help prints.
#pragma once

#include "options.hpp"

namespace stm32boot {

/// Of the whole program: commands, options that every command has, exit codes.
std::string help_for_program(const CommandLine& line, const std::string& about);
/// Of one command: its arguments and its own options.
std::string help_for_command(const OptionList& command);

/// "stm32boot flash [OPTION]... IMAGE"
std::string usage_of(const OptionList& command);

}  // namespace stm32boot
