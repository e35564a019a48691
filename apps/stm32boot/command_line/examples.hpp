// SPDX-License-Identifier: GPL-3.0-or-later
// A command line to start from, for each command.
#pragma once

#include <string_view>

namespace stm32boot {

/// "stm32boot flash app.elf"; empty for a command that is not known.
std::string_view example_of(std::string_view command);

}  // namespace stm32boot
