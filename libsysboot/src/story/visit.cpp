// SPDX-License-Identifier: GPL-3.0-or-later
#include "visit.hpp"

#include "step/start.hpp"
#include "sysboot/error.hpp"

namespace sysboot {

void check_options(const VisitOptions& options) {
  check_way_into_dfuse(options.enter);
}

Visit visit(const Job& job, const Selector& selector, const VisitOptions& options,
            const std::function<void(DfuseSession&)>& look) {
  check_options(options);
  const TimePoint start = job.host.now();
  const Board found = find(job, selector, options.enter.trigger.firmware);
  Locks locks = lock(job, found);
  Visit result;
  result.entered = enter_board(job, found, selector, options.enter, locks);
  const Board& board = require_dfu_mode(result.entered, options.enter);
  require_dfuse(board);
  const bool runs_again = result.entered.outcome == Outcome::entered && !options.stay;
  try {
    DfuseSession dfu = open_session(job, board);
    work_or_give_back(job, dfu, {result.entered, options.run, options.stay},
                      [&] { with_restarts(job, dfu, [&] { look(dfu); }); });
    if (runs_again) result.run = start_again(job, dfu, options.run);
  } catch (const Error& error) {
    throw error.at("board " + board.port_path());
  }
  result.took = job.host.now() - start;
  return result;
}

}  // namespace sysboot
