// SPDX-License-Identifier: GPL-3.0-or-later
// Suggestions for mistyped words.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stm32boot {

/// The one of `known` that `word` is a slip of the finger away from, or the beginning of (three
/// letters at least); none when it is like none of them. What is behind '=' and dashes in front do
/// not count.
std::optional<std::string> closest(const std::string& word, const std::vector<std::string>& known);

/// "; did you mean 'flash'?", or nothing.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace stm32boot
