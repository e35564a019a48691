// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot restart: reboot a board's application, by way of the bootloader.
#include <fmt/core.h>

#include "boards/on_boards.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/flash.hpp"

namespace stm32boot {
namespace {

struct RestartCommand {
  BoardsOptions boards;
  EnterFlags how;
  bool no_wait = false;

  CommandResult run(Context& context) const {
    sysboot::VisitOptions options;
    options.enter = how.values();
    options.run.back_within = options.enter.back_within;
    options.run.wait = !no_wait;
    return on_boards(context, boards, options.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return restart_one(job, board, options);
                     });
  }

  static CommandResult restart_one(const sysboot::Job& job, const sysboot::Selector& board,
                                   const sysboot::VisitOptions& options) {
    const sysboot::Visit visit = sysboot::restart(job, board, options);
    CommandResult outcome;
    const auto& back = visit.run->board;
    outcome.brief = back ? "restarted" + on_port(*back) : "restarted";
    outcome.text = back ? "restarted: board " + back->describe() : "restarted, and not waited for";
    add_visit(outcome, visit);
    return outcome;
  }
};

}  // namespace

Command add_restart(CommandLine& line) {
  auto command = std::make_shared<RestartCommand>();
  OptionList sub = line.add_command("restart", "Restart the application of a board");
  command->boards.add_to(sub);
  command->how.add_to(sub);
  sub.flag("--no-wait", command->no_wait);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
