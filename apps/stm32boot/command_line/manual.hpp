// SPDX-License-Identifier: GPL-3.0-or-later
// The man pages: what the tables of options and errors say, filled into
// packaging/man/stm32boot.1.scd and stm32boot-json.5.scd.
#pragma once

#include "options.hpp"

namespace stm32boot {

/// A line of the page that is one of these is replaced; all else stays as it is.
///   @options of COMMAND@   the names of its options
///   @options of all@       those of the program, which every command takes
///   @options board@        what each option of a group does: board, entering, work, output, other
///   @exit codes@           what each means
///   @error kinds@          the exit status of each kind of error, and what it means
///   @variables@            the names of all STM32BOOT_* that are read
/// Error: internal, for any other line between @.
std::string manual_page(const CommandLine& line, const std::string& page);

}  // namespace stm32boot
