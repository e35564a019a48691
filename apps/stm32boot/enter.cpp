// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot enter: reboot a board from its application into the ROM bootloader.
#include "sysboot/enter.hpp"

#include <fmt/format.h>

#include "commands.hpp"
#include "facts.hpp"
#include "options.hpp"

namespace stm32boot {
namespace {

struct EnterCommand {
  SelectorOptions board;
  EnterFlags how;

  Outcome run(Context& context) const {
    const sysboot::EnterOptions options = how.values();
    const sysboot::EnterResult result = enter(context.job(), board.selector, options);
    Outcome outcome;
    outcome.facts = to_json(result);
    try {
      const sysboot::Board& dfu = require_dfu_mode(result, options);
      outcome.text =
          fmt::format("board {} is in {} ({})", dfu.port_path(), whereabouts(dfu), dfu.describe());
    } catch (const sysboot::Error& error) {
      outcome.problem = error;
    }
    return outcome;
  }
};

}  // namespace

Command add_enter(CLI::App& app) {
  auto command = std::make_shared<EnterCommand>();
  CLI::App* sub = app.add_subcommand("enter", "Reboot a board into its ROM bootloader");
  command->board.add_to(*sub);
  command->how.add_to(*sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
