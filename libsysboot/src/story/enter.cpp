// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/enter.hpp"

#include <fmt/core.h>

#include "board/reboots.hpp"
#include "step/asking.hpp"
#include "step/stage_clock.hpp"
#include "sysboot/error.hpp"
#include "trigger/choose.hpp"

namespace sysboot {

void check_options(const EnterOptions& options) {
  check_trigger(options.trigger);
  if (options.tries < 1) {
    throw Error(Errc::usage, fmt::format("{} tries leave nothing to do", options.tries));
  }
}

EnterResult enter(const Job& job, const Selector& selector, const EnterOptions& options) {
  check_options(options);
  const Board board = find(job, selector, options.trigger.firmware);
  const Locks locks = lock(job, board);
  return enter_board(job, board, selector, options).result;
}

Entered enter_board(const Job& job, const Board& board, const Selector& selector,
                    const EnterOptions& options) {
  EnterResult already;
  already.before = board;
  already.board = board;
  if (board.mode != BoardMode::application) return {already, {}};
  if (!options.may_reboot) {
    throw Error(Errc::not_in_dfu_mode, "it runs its application, and is not to be rebooted",
                "board " + board.port_path());
  }

  StageClock clock(job, Stage::enter);
  const Ways ways = choose_ways(board, options.trigger);
  remember_reboot(job, board, selector);
  Asking asking(job, board, options);
  for (const Way& way : ways) {
    if (!asking.ask(way)) break;
  }
  Entered entered = asking.end();
  entered.result.took = clock.stop();
  if (const auto& loader = entered.result.board) {
    update_record(job.host, board.port_path(), loader);
    clock.end(fmt::format("{} after {} ({})", bootloader_name(*loader),
                          human_time(entered.result.took), entered.result.trigger),
              {.board = loader, .trigger = entered.result.trigger, .fired = entered.result.fired});
  } else if (entered.result.outcome != Outcome::lost) {
    job.host.forget_reboot(board.port_path());
  }
  return entered;
}

}  // namespace sysboot
