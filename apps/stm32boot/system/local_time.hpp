// SPDX-License-Identifier: GPL-3.0-or-later
// The time on the clock of whoever sits before the screen.
#pragma once

#include <ctime>

namespace stm32boot {

/// As std::localtime, for any thread.
std::tm local_time(std::time_t time);

}  // namespace stm32boot
