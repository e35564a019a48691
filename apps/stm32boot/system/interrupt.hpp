// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C, and whatever else ends a program politely, asks the work to stop where that leaves the
// board in order.
#pragma once

#include <atomic>

namespace stm32boot {

/// True from the first SIGINT, SIGTERM or SIGHUP on (Windows: Ctrl-C, Ctrl-Break, a closed window,
/// logging off). Installs the handlers when called first, but for signals that the program was
/// started with as ignored (nohup, a job in the background of a script). A second SIGINT or SIGTERM
/// ends the program at once; a terminal that is closed may send more than one SIGHUP.
const std::atomic<bool>& stop_on_interrupt();

/// A reader that went away must not end the program in the middle of its work.
void ignore_broken_pipes();

}  // namespace stm32boot
