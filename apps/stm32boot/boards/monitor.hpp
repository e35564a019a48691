// SPDX-License-Identifier: GPL-3.0-or-later
// The board's console after a flash: what it says goes to standard output, with --json as events;
// what is typed goes to it.
#pragma once

#include <functional>

#include "context.hpp"
#include "sysboot/board.hpp"

namespace stm32boot {

struct MonitorOptions {
  bool timestamps = false;  ///< local time in front of each line
};

enum class MonitorEnd {
  user,     ///< Ctrl-] was typed, or a stop asked for
  done,     ///< `done` said so
  silence,  ///< input is no terminal and has ended, and the board has said nothing for a second
  left,     ///< the board left the bus
};

/// Errors: those of Host::open_serial; usage when the board has no serial port.
MonitorEnd monitor(
    Context& context, const sysboot::Board& board, const MonitorOptions& options,
    const std::function<bool()>& done = [] { return false; });

}  // namespace stm32boot
