// SPDX-License-Identifier: GPL-3.0-or-later
// Breaking text into lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stm32boot {

/// What tables, pictures and help are laid out for, in columns.
inline constexpr std::size_t usual_width = 80;

/// Breaks a text at blanks, so that no line is longer than `width`: the first line begins at column
/// `at`, the others at `indent`. A word that does not fit stays whole.
std::string wrapped(std::string_view text, std::size_t width, std::size_t at, std::size_t indent);

}  // namespace stm32boot
