// SPDX-License-Identifier: GPL-3.0-or-later
#include "command_line.hpp"

#include <algorithm>
#include <iostream>

#include "commands.hpp"
#include "sysboot/board.hpp"
#include "sysboot/version.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

constexpr const char* about =
    "Reboots STM32 boards into their ROM DFU bootloader over USB, flashes them, and proves it.";
constexpr const char* footer =
    "Exit status: 0 done, 64 usage, 65 image, 66 no file, 69 no board, 73 output, 74 USB or "
    "serial,\n"
    "75 did not enter DFU mode, 76 mismatch, 77 not permitted, 79 application not back, 130 "
    "interrupted";

Outcome failed(const Error& error) {
  Outcome outcome;
  outcome.problem = error;
  return outcome;
}

// What was seen is worth more than "no board".
Error with_surroundings(const Error& error, Context& context) {
  std::string text = error.text();
  for (const auto& [what, why] : look_around(context.host())) {
    text += "\n  seen: " + what + ": " + why;
  }
  return {error.code(), text, error.context()};
}

Outcome run(const Command& command, Context& context) {
  try {
    Outcome outcome = command.run(context);
    context.save();
    return outcome;
  } catch (const Error& error) {
    context.save();
    return failed(error.code() == Errc::no_board ? with_surroundings(error, context) : error);
  }
}

int finish(const Outcome& outcome, Renderer& renderer) {
  try {
    renderer.finish(outcome);
    return outcome.code();
  } catch (const Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return exit_code(error.code());
  }
}

// Arguments that make no sense; --help and --version come this way, too.
int refuse(const CLI::App& app, const CLI::ParseError& error,
           const std::vector<std::string>& words) {
  if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cerr);
  GlobalOptions options;
  options.json = std::find(words.begin(), words.end(), "--json") != words.end();
  Context context(options);
  return finish(failed(Error(Errc::usage, error.what())), context.renderer());
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app(about, "stm32boot");
  app.set_version_flag("-V,--version", std::string("stm32boot ") + sysboot::version);
  app.footer(footer);
  app.require_subcommand(1);
  app.fallthrough();
  GlobalOptions options;
  options.add_to(app);
  const std::vector<Command> commands = add_commands(app);

  const bool has_output = reserve_standard_streams();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse(app, error, {argv, argv + argc});
  }
  Context context(options);
  if (!has_output) {
    std::cerr << "error: standard output is closed\n";
    return exit_cannot_write;
  }
  const auto chosen = std::find_if(commands.begin(), commands.end(),
                                   [](const Command& command) { return command.app->parsed(); });
  Outcome outcome = run(*chosen, context);
  outcome.command = chosen->app->get_name();
  return finish(outcome, context.renderer());
}

}  // namespace stm32boot
