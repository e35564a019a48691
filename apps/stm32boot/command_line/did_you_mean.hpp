// SPDX-License-Identifier: GPL-3.0-or-later
// Suggestions for mistyped words.
#pragma once

#include <string>
#include <vector>

namespace stm32boot {

/// "; did you mean 'flash'?" with the closest of `known`, or with one that begins like that;
/// nothing when none is close.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace stm32boot
