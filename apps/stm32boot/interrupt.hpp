// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C asks the work to stop where that leaves the board in order.
#pragma once

#include <atomic>

namespace stm32boot {

/// True from the first SIGINT or SIGTERM (Windows: Ctrl-C or Ctrl-Break) on.
/// Installs the handlers when called first; a second signal ends the program at once.
const std::atomic<bool>& stop_on_interrupt();

/// A reader that went away must not end the program in the middle of its work.
void ignore_broken_pipes();

}  // namespace stm32boot
