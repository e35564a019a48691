// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/interrupt.hpp"

#include <signal.h>

#include <csignal>

namespace stm32boot {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<bool> stop = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int signal) {
  stop = true;
  if (signal != SIGHUP) std::signal(signal, SIG_DFL);
}

bool is_ignored(int signal) {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
  static const bool installed = [] {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      if (!is_ignored(signal)) std::signal(signal, on_signal);
    }
    return true;
  }();
  static_cast<void>(installed);
  return stop;
}

void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace stm32boot
