// SPDX-License-Identifier: GPL-3.0-or-later
// What is said about a command line that has words too many or too few.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"

namespace stm32boot {

/// About some of `all` words, at least one, that fit neither the command nor the program.
std::string about_unknown_words(const CommandLine& line, const std::vector<std::string>& unknown,
                                const std::vector<std::string>& all);
/// Where a command or one of its files is not given.
std::string about_missing_words(const CommandLine& line);
/// Where nothing is behind an option that needs a value.
std::string about_missing_value(const CommandLine& line, const std::string& option);

}  // namespace stm32boot
