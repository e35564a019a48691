// SPDX-License-Identifier: GPL-3.0-or-later
// Boards as they are plugged in, one after the other at each USB port: a production bench.
#pragma once

#include "sysboot/several.hpp"

namespace sysboot {

struct EachOptions {
  TriggerChoice trigger = {};                ///< which boards are meant: as all_boards takes them
  std::vector<std::string> port_paths = {};  ///< only boards there; empty for all
  std::size_t count = 0;                     ///< ends once so many were done; 0: when stopped
  std::size_t at_once = 64;                  ///< others wait until one is done
};

/// What is done for a board. `number` counts the boards that were begun, from 0; one that comes
/// again is another one. Called in threads of their own. It may throw.
using EachWork = std::function<void(std::size_t number, const NamedBoard& board, const Job& job)>;

/// Called in the thread that called work_on_each, in the order in which it happens.
struct EachObserver {
  std::function<void(std::size_t number, const NamedBoard& board)> begun;
  BoardObserver told;
  /// False: no other board is begun.
  std::function<bool(std::size_t number, const std::optional<Error>& failure)> ended;
  /// A board that might be meant and is left alone; once each time that it is plugged in.
  std::function<void(const Sighting& seen)> left_out;
};

/// How long a USB port is empty when its board was unplugged, and has not only rebooted: boards
/// take 0.3 to 0.45 s for that, people longer.
inline constexpr Duration unplugged_after = std::chrono::seconds(1);
/// A board that cannot be opened by then never will: udev sets permissions after it has come.
inline constexpr Duration plugged_in_after = std::chrono::seconds(2);

/// Does `work` for each board that is there or is plugged in, until `count` of them were done
/// without a failure or `job.stop` is set; then waits for those that are worked on. Each is worked
/// on once, whatever came of it, until it has left: its USB port was empty for unplugged_after, or
/// it left during the work (board_gone, or a failure with an empty port). A board that another
/// process works on is left to that one until then. Never begins more boards than `count` still
/// needs. `job.observer` is not used.
/// Errors: no_board, when this machine shows no USB devices; those of check_trigger; what
/// `observer` throws, after the boards in work have ended.
void work_on_each(const Job& job, const EachOptions& options, const EachWork& work,
                  const EachObserver& observer);

}  // namespace sysboot
