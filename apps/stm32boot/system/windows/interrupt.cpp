// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/interrupt.hpp"

#include <windows.h>

namespace stm32boot {
namespace {

// Called on a thread that Windows makes for it, so it can reach nothing but globals.
std::atomic<bool> stop = false;

// The first one is ours, the next one ends the program. After a closed window, logging off or
// shutting down Windows ends it as soon as this returns, or after five seconds: the time to stop in
// order, and to end by itself.
BOOL WINAPI on_control(DWORD event) {
  const bool was_asked_before = stop.exchange(true);
  if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) return was_asked_before ? FALSE : TRUE;
  ::Sleep(INFINITE);
  return TRUE;
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
  static const bool installed = ::SetConsoleCtrlHandler(on_control, TRUE) != FALSE;
  static_cast<void>(installed);
  return stop;
}

void ignore_broken_pipes() {}  // there is no signal for them

}  // namespace stm32boot
