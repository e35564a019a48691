// SPDX-License-Identifier: GPL-3.0-or-later
// What is none of ours is done by dfu-util itself.
#pragma once

#include <string>
#include <vector>

namespace stm32boot::dfu_util {

/// Runs dfu-util in place of this program: the one that STM32BOOT_DFU_UTIL names, or the first in
/// PATH that is not this program under another name. Comes back with its exit status, or not at
/// all. Error: usage, with `reason` in front, where there is none, or where it was this program
/// that handed over.
int hand_over(const std::vector<std::string>& words, const std::string& reason);

}  // namespace stm32boot::dfu_util
