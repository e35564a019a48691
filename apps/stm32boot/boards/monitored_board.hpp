// SPDX-License-Identifier: GPL-3.0-or-later
// The board whose console is shown: followed by its USB port path through everything that can
// happen to it meanwhile.
#pragma once

#include <optional>

#include "sysboot/board.hpp"

namespace stm32boot {

class MonitoredBoard {
 public:
  MonitoredBoard(sysboot::Host& host, const sysboot::Board& board);
  /// The one that it fits once there is one; without a name, there must be one now. A serial port
  /// that is no USB device's does, too, if it is named.
  MonitoredBoard(sysboot::Host& host, sysboot::Selector selector);

  enum class State {
    absent,
    in_use,  ///< another stm32boot is working on it
    in_bootloader,
    without_port,
    ready,
  };
  struct Look {
    State state = State::absent;
    sysboot::Board board;  ///< unless it is absent or in use; the port to open comes first
  };
  /// Errors: those of find_board; but for no_board, when it has a name.
  Look look();

  /// Is another stm32boot working on it?
  bool is_in_use() const;
  /// Does it have a port path, so that it can come back?
  bool can_come_back() const { return !port_path_.empty(); }
  /// "board 1-1"; "serial port /dev/ttyS0"
  std::string name() const;

 private:
  bool find();
  void keep(const sysboot::Board& board);

  sysboot::Host& host_;
  sysboot::Selector selector_;
  std::string port_path_;  // empty until it is found, and for a port that is no USB device's
  std::optional<int> interface_number_;
};

}  // namespace stm32boot
