// SPDX-License-Identifier: GPL-3.0-or-later
// Several boards at once: which ones, and a thread for each. They share nothing but the host.
#pragma once

#include "sysboot/board.hpp"
#include "sysboot/error.hpp"
#include "sysboot/job.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

/// What "all boards" means, and what might have been meant and is left alone.
struct AllBoards {
  std::vector<Board> taken;  ///< in order of port path
  std::vector<Sighting> left_out;
};

/// All boards that can be taken without a guess:
/// - in DFU mode, in ST's ROM or another bootloader that is known to speak DfuSe (known_loaders);
/// - applications, as `choice` says how they are asked:
///   - "auto": those that run our own firmware. A template's product name, which many boards show,
///   says
///     nothing of several boards at once;
///   - a profile: those that show it, and of templates those with its ids, unless they are
///     certain to run another;
///   - another trigger: those of our own and of templates that it can be sent to.
/// What is left out comes with what is missing.
/// Errors: those of check_trigger.
[[nodiscard]] AllBoards all_boards(Host& host, const TriggerChoice& choice);

/// all_boards, once there are `count`. Errors: no_board, which lists who is there, when there are
/// fewer after `within`; usage when there are more; interrupted; those of all_boards.
[[nodiscard]] AllBoards await_boards(const Job& job, const TriggerChoice& choice, std::size_t count,
                                     Duration within);

/// One of several boards: what to call it, and how stories find it.
struct NamedBoard {
  std::string name;            ///< its port path, or how the user named one that is not there
  Selector selector;           ///< fits this board only, as long as nobody swaps it
  std::optional<Board> board;  ///< as it was when it was chosen
};

[[nodiscard]] NamedBoard named(const Board& board);
/// One for each selector. A board that is not there now is left to the story to find.
/// Error: usage, when two of them name the same board.
[[nodiscard]] std::vector<NamedBoard> named(Host& host, const std::vector<Selector>& selectors);

/// What is done for board `number`, from 0, in a thread of its own. It may throw.
using BoardWork = std::function<void(std::size_t number, const Job& job)>;
using BoardObserver = std::function<void(std::size_t number, const Event& event)>;
using BoardEnd = std::function<void(std::size_t number, const std::optional<Error>& failure)>;

/// Does `work` for `count` boards at the same time, each with a job that has `job`'s host and stop.
/// Meanwhile hands what they tell to `observer`, and that one is done to `ended`, in the order in
/// which it happens, both in the calling thread. Comes back when all are done: one that fails does
/// not stop the others. `job.observer` is not used.
void work_on_several(const Job& job, std::size_t count, const BoardWork& work,
                     const BoardObserver& observer, const BoardEnd& ended);

}  // namespace sysboot
