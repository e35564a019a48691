// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot unlock: lifts read protection, and with it erases everything.
#include "sysboot/unlock.hpp"

#include <fmt/core.h>

#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "confirm.hpp"
#include "output/facts.hpp"
#include "sysboot/error.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

struct UnlockCommand {
  SelectorOptions board;
  VisitFlags how;
  bool yes = false;

  bool confirm(Context& context, const sysboot::UnlockLoss& loss) const {
    context.renderer().event(sysboot::Note{
        sysboot::Note::Level::warning,
        fmt::format("board {} is read-protected; unlocking erases all of its {} and RAM, and sets "
                    "its option bytes to their defaults",
                    loss.board.port_path(), describe(loss.flash))});
    return yes || is_confirmed();
  }

  static std::string describe(const sysboot::MemoryLayout& flash) {
    return fmt::format("{} ({}, {})", sysboot::printable(flash.name),
                       sysboot::human_size(flash.size()), flash.describe());
  }

  CommandResult run(Context& context) const {
    sysboot::UnlockOptions options;
    options.visit = how.values();
    options.confirm = [&](const sysboot::UnlockLoss& loss) { return confirm(context, loss); };
    const sysboot::UnlockResult result = sysboot::unlock(context.job(), board.one(), options);
    CommandResult outcome;
    outcome.text = describe(result);
    outcome.facts = {{"was_protected", result.was_protected},
                     {"unlocked", result.unlocked},
                     {"enter", to_facts(result.entered)}};
    if (result.unlocked) {
      outcome.facts["device"] = to_facts(*result.board);
      outcome.facts["bytes_read_empty"] = result.bytes_read;
    }
    if (result.run) outcome.facts["run"] = to_facts(*result.run);
    outcome.facts["seconds"] = seconds(result.took);
    if (result.was_protected && !result.unlocked) {
      outcome.problem = Error(Errc::usage,
                              "nothing was unlocked: the answer was not 'yes', and "
                              "--yes was not given");
    } else {
      outcome.problem = result.problem();
    }
    return outcome;
  }

  static std::string describe(const sysboot::UnlockResult& result) {
    const std::string path = result.entered.before.port_path();
    if (!result.was_protected) return "board " + path + " is not read-protected; nothing was done";
    if (!result.unlocked) return {};
    return fmt::format("unlocked: board {}, {} of flash read and empty, {}; it is in DFU mode",
                       path, sysboot::human_size(result.bytes_read),
                       sysboot::human_time(result.took));
  }
};

}  // namespace

Command add_unlock(CommandLine& line) {
  auto command = std::make_shared<UnlockCommand>();
  OptionList sub = line.add_command("unlock", "Lift read protection, which erases the whole chip");
  command->board.add_to(sub);
  command->how.add_to(sub);
  sub.flag("--yes", command->yes);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
