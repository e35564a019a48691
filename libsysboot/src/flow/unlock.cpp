// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/unlock.hpp"

#include "follow.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

bool is_protected(DfuseSession& dfu) {
  try {
    Bytes word(4);
    dfu.read_block(dfu.layout().runs.front().address, word);
    return false;
  } catch (const Error& error) {
    if (error.code() != Errc::read_protected) throw;
    return true;
  }
}

// A reset looks like a pulled cable, so what can be asked is asked.
std::optional<Board> returned_unlocked(const Job& job, const Board& board, Duration back_within) {
  auto back = follow_into_application(job, board, back_within).board;
  if (back && back->mode == BoardMode::dfu) {
    DfuseSession dfu = DfuseSession::open(job, *back);
    if (is_protected(dfu)) throw Error(Errc::protocol, "it came back and is still read-protected");
  }
  return back;
}

}  // namespace

UnlockResult unlock(const Job& job, const Selector& selector, const UnlockOptions& options) {
  check_options(options.visit);
  const TimePoint start = job.host.now();
  const Board found = find(job, selector, options.visit.enter.trigger.firmware);
  Locks locks = lock(job, found);
  UnlockResult result;
  result.entered = enter_board(job, found, selector, options.visit.enter, locks);
  const Board& board = require_dfu_mode(result.entered, options.visit.enter);
  require_dfuse(board);
  const bool runs_again = result.entered.outcome == Outcome::entered && !options.visit.stay;
  try {
    DfuseSession dfu = DfuseSession::open(job, board);
    result.was_protected = is_protected(dfu);
    result.unlocked = result.was_protected && options.confirm({board, dfu.layout()});
    if (result.unlocked) {
      dfu.read_unprotect();
      result.board = returned_unlocked(job, board, options.back_within);
    } else if (runs_again) {
      result.run = leave_and_follow(job, std::move(dfu), flash_base, options.visit.run);
    }
  } catch (const Error& error) {
    throw error.at("board " + board.port_path());
  }
  result.took = job.host.now() - start;
  return result;
}

}  // namespace sysboot
