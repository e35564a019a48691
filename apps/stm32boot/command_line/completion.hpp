// SPDX-License-Identifier: GPL-3.0-or-later
// What could stand at the cursor, for the completion scripts of shells (packaging/completions).
#pragma once

#include <functional>

#include "options.hpp"
#include "sysboot/host.hpp"

namespace stm32boot {

/// The first argument that asks for it: `stm32boot __complete WORD…`. The words are those behind
/// the program's name, the last one being what stands before the cursor, which may be empty.
inline constexpr std::string_view complete_command = "__complete";

/// Prints what the last word can become, a line each: the whole word, a tab, what it means. A line
/// ":files .bin .hex" says that files with these extensions fit, and just ":files" that any do.
/// `host` is asked for boards, once `line` has parsed what says which there are (--virtual).
/// Never fails: there is nobody to tell.
void complete(CommandLine& line, const std::function<sysboot::Host&()>& host,
              const std::vector<std::string>& words);

}  // namespace stm32boot
