// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot run: leave DFU mode and start the application.
#include <fmt/format.h>

#include "commands.hpp"
#include "facts.hpp"
#include "options.hpp"
#include "sysboot/flash.hpp"

namespace stm32boot {
namespace {

struct RunCommand {
  SelectorOptions board;
  AddressOption address;
  double timeout = 10;
  bool no_wait = false;

  Outcome run(Context& context) const {
    sysboot::RunOptions options;
    options.wait = !no_wait;
    options.back_within =
        std::chrono::duration_cast<sysboot::Duration>(std::chrono::duration<double>(timeout));
    const sysboot::RunResult result = sysboot::run(
        context.job(), board.selector, address.value().value_or(sysboot::flash_base), options);
    Outcome outcome;
    outcome.facts = to_json(result);
    outcome.problem = missing_application(result, options);
    if (!outcome.problem) {
      outcome.text = result.board ? "running: board " + result.board->describe() : "started";
    }
    return outcome;
  }
};

}  // namespace

Command add_run(CLI::App& app) {
  auto command = std::make_shared<RunCommand>();
  CLI::App* sub = app.add_subcommand("run", "Leave DFU mode and start the application");
  command->board.add_to(*sub);
  command->address.add_to(*sub, "Where its vector table is (default 0x08000000)");
  sub->add_option("--timeout", command->timeout, "Seconds to wait for the application")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0).description(""));
  sub->add_flag("--no-wait", command->no_wait, "Do not wait for the application to appear");
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
