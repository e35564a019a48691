// SPDX-License-Identifier: GPL-3.0-or-later
#include "interrupt.hpp"

#include <windows.h>

namespace stm32boot {
namespace {

// Called on a thread that Windows makes for it, so it can reach nothing but globals.
std::atomic<bool> stop = false;

// The first one is ours, the next one ends the program. After a closed window Windows ends it
// anyway, as soon as this returns.
BOOL WINAPI on_control(DWORD event) {
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) return FALSE;
  return stop.exchange(true) ? FALSE : TRUE;
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
  static const bool installed = ::SetConsoleCtrlHandler(on_control, TRUE) != FALSE;
  static_cast<void>(installed);
  return stop;
}

void ignore_broken_pipes() {}  // there is no signal for them

}  // namespace stm32boot
