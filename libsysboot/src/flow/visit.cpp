// SPDX-License-Identifier: GPL-3.0-or-later
#include "visit.hpp"

#include "steps.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

bool leaves_device_in_order(const Error& error) {
  switch (error.code()) {
    case Errc::read_protected:
    case Errc::usage:
    case Errc::image_does_not_fit: return true;
    default: return false;
  }
}

}  // namespace

Visit visit(const Job& job, const Selector& selector, const VisitOptions& options,
            const std::function<void(DfuseSession&)>& look) {
  const TimePoint start = job.host.now();
  const Board found = find(job, selector);
  Locks locks = lock(job, found);
  Visit result;
  result.entered = enter_board(job, found, selector, options.enter, locks);
  const Board& board = require_dfu_mode(result.entered, options.enter);
  require_dfuse(board);
  const bool runs_again = result.entered.outcome == Outcome::entered && !options.stay;
  try {
    DfuseSession dfu = DfuseSession::open(job, board);
    std::optional<Error> failure;
    try {
      look(dfu);
    } catch (const Error& error) {
      if (!leaves_device_in_order(error)) throw;
      failure = error;
    }
    if (runs_again) result.run = leave_and_follow(job, std::move(dfu), flash_base, options.run);
    if (failure) throw *failure;
  } catch (const Error& error) {
    throw error.at("board " + board.port_path());
  }
  result.took = job.host.now() - start;
  return result;
}

}  // namespace sysboot
