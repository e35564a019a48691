// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a board's serial port, which others may hold for a moment.
#pragma once

#include "sysboot/board.hpp"

namespace sysboot {

class Error;

/// DTR that falls at this rate reboots much firmware.
inline constexpr unsigned touch_baud = 1200;

/// Opens the first serial port of a board, in one attempt after the other, so that whoever waits
/// can do other things meanwhile. What may pass by itself: udev and others are busy with a port
/// that has just come; a console of stm32boot lets go of it as soon as it sees the board's lock;
/// ModemManager asks it something (Host::is_being_probed).
class PortOpener {
 public:
  /// `settles`: for how long a port may be held, or missing, or not permitted.
  /// Error: usage, for a board without a serial port.
  PortOpener(Host& host, Board board, Duration settles);

  /// None while what is in the way may pass by itself; to be called again after 20 ms or so.
  /// Errors: those of Host::open_serial; no_board when another board has got this port by now.
  std::unique_ptr<SerialPort> attempt();

 private:
  bool may_pass(const Error& error, Duration waited);
  void require_ours() const;

  Host& host_;
  Board board_;
  Duration settles_;
  TimePoint start_;
  bool was_not_probed_ = false;
};

/// As firmware expects it of a console: with DTR high, and not at touch_baud, where closing it
/// would be a touch. Error: serial_io.
void prepare_console(SerialPort& port);

}  // namespace sysboot
