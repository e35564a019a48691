// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot enter: reboot a board from its application into the ROM bootloader.
#include "sysboot/enter.hpp"

#include <fmt/core.h>

#include "boards/on_boards.hpp"
#include "commands.hpp"
#include "output/facts.hpp"

namespace stm32boot {
namespace {

struct EnterCommand {
  BoardsOptions boards;
  EnterFlags how;

  CommandResult run(Context& context) const {
    const sysboot::EnterOptions options = how.values();
    return on_boards(context, boards, options,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return enter_one(job, board, options);
                     });
  }

  static CommandResult enter_one(const sysboot::Job& job, const sysboot::Selector& board,
                                 const sysboot::EnterOptions& options) {
    const sysboot::EnterResult result = sysboot::enter(job, board, options);
    CommandResult outcome;
    outcome.facts = to_facts(result);
    outcome.problem = result.problem();
    if (outcome.problem) return outcome;
    const sysboot::Board& dfu = *result.board;
    outcome.text = fmt::format("board {} is in {} ({})", dfu.port_path(), bootloader_name(dfu),
                               dfu.describe());
    outcome.brief = "in " + bootloader_name(dfu);
    return outcome;
  }
};

}  // namespace

Command add_enter(CommandLine& line) {
  auto command = std::make_shared<EnterCommand>();
  OptionList sub = line.add_command("enter", "Reboot a board into its ROM bootloader");
  command->boards.add_to(sub);
  command->how.add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
