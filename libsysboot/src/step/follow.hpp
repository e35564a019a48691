// SPDX-License-Identifier: GPL-3.0-or-later
// Following one board across the bus while it reboots: by USB port path first, by serial number
// next. Never onto a board that somebody else works on.
#pragma once

#include <set>

#include "steps.hpp"

namespace sysboot {

/// What the bus looked like before the trigger.
struct BusBefore {
  Board board;
  std::set<std::string> port_paths;      ///< where anything was
  std::set<std::string> dfu_port_paths;  ///< where a DFU device was already
};
BusBefore look_before(Host& host, const Board& board);

struct Followed {
  Outcome outcome = Outcome::lost;
  std::optional<Board> board;  ///< what is at the end of it: DFU device, or the application again
  std::unique_ptr<BoardLock> lock;  ///< of the port path that it moved to, if it did
};

/// After a trigger was fired: entered, bounced, ignored or lost, whichever shows first. A DFU
/// device has to be there still when it has been spoken to, as far as it may be opened. Where the
/// board shows up at another port path, that is locked, too, and only taken if nothing was there
/// before and nobody else holds it. Error: board_gone, when the application that came back is
/// another board's.
Followed follow_into_dfu(const Job& job, const BusBefore& before, const EnterOptions& options);

/// Devices that came up in DFU mode since, other than `ours` and those that other threads of this
/// process work on.
std::vector<Board> other_new_dfu_boards(Host& host, const BusBefore& before,
                                        const std::optional<Board>& ours);

/// Before a request that makes the board reboot: whoever is stopped from here on finds it again.
void expect_reboot(Host& host, const Board& dfu_board);

/// After a leave: waits until the DFU device is gone and something else is at its place.
struct Returned {
  bool left = false;
  std::optional<Board> board;
};
Returned follow_into_application(const Job& job, const Board& dfu_board, Duration back_within);

/// For a bootloader that comes back after a reset, and what is then said of it. Error: board_gone,
/// when its serial number is another one.
void require_same_rom(const Board& before, const Board& back);

/// After a bounce: waits until the application's serial ports are there again, as many as there
/// were.
Board await_ports(const Job& job, const Board& board, std::size_t ports_before);

}  // namespace sysboot
