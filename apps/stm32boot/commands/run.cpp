// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot run: leave DFU mode and start the application.
#include <fmt/core.h>

#include "boards/on_boards.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/flash.hpp"

namespace stm32boot {
namespace {

struct RunCommand {
  BoardsOptions boards;
  AddressOption address;
  TimeoutOption timeout;
  bool no_wait = false;
  bool force = false;

  CommandResult run(Context& context) const {
    sysboot::RunOptions options;
    options.wait = !no_wait;
    options.back_within = timeout.value();
    options.force = force;
    const std::uint32_t start = address.value().value_or(sysboot::flash_base);
    sysboot::check_start(start);
    return on_boards(context, boards, {},
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return run_one(job, board, start, options);
                     });
  }

  static CommandResult run_one(const sysboot::Job& job, const sysboot::Selector& board,
                               std::uint32_t start, const sysboot::RunOptions& options) {
    const sysboot::RunResult result = sysboot::run(job, board, start, options);
    CommandResult outcome;
    outcome.facts = to_facts(result);
    outcome.problem = result.problem();
    if (!outcome.problem) {
      outcome.text = result.board ? "running: board " + result.board->describe() : "started";
      outcome.brief = result.board ? "running" + on_port(*result.board) : "started";
    }
    return outcome;
  }
};

}  // namespace

Command add_run(CommandLine& line) {
  auto command = std::make_shared<RunCommand>();
  OptionList sub = line.add_command("run", "Leave DFU mode and start the application");
  command->boards.named.add_to(sub);
  command->boards.add_all_to(sub, "All boards that are in DFU mode, at the same time");
  command->boards.are_in_dfu_mode = true;
  command->address.add_to(sub, "Where its vector table is (default 0x08000000)");
  command->timeout.add_to(sub, "Time to wait for the application: 5, 500ms, 2min");
  sub.flag("--no-wait", command->no_wait);
  sub.flag("--force", command->force, "Start it even if it looks like no program");
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
