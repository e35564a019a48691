// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "command_line/did_you_mean.hpp"
#include "command_line/settings.hpp"
#include "commands/commands.hpp"
#include "completion.hpp"
#include "sysboot/board.hpp"
#include "sysboot/version.hpp"
#include "system/console.hpp"
#include "system/interrupt.hpp"

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

// What was seen is worth more than "no board". Some errors list it already.
Error with_surroundings(const Error& error, Context& context) {
  std::string text = error.text();
  if (text.find('\n') != std::string::npos) return error;
  for (const auto& [what, why] : look_around(context.host())) {
    text += "\n  seen: " + what + ": " + why;
  }
  return {error.code(), text, error.context()};
}

Outcome run_command(const Command& command, Context& context) {
  try {
    return command.run(context);
  } catch (const Error& error) {
    return failed(error.code() == Errc::no_board ? with_surroundings(error, context) : error);
  } catch (const std::exception& error) {
    return failed(Error(Errc::internal, error.what()));
  }
}

Outcome run_and_save(const Command& command, Context& context) {
  Outcome outcome = run_command(command, context);
  outcome.command = command.app->get_name();
  try {
    context.save();
  } catch (const Error& error) {
    if (!outcome.problem) outcome.problem = error;
  }
  return outcome;
}

// Settings can be the reason of a problem, and whoever gave the command may not think of them. What
// files have set has been told already.
Outcome run_with(const SettingsApplied& settings, const Command& command, Context& context,
                 bool is_verbose) {
  std::vector<std::string> lines;
  for (const auto& setting : settings.set) {
    if (setting.is_from_file) continue;
    lines.push_back(fmt::format("{} = {} ({})", setting.key, sysboot::printable(setting.value),
                                setting.source));
  }
  for (const auto& line : lines) {
    context.renderer().event(sysboot::Note{sysboot::Note::Level::debug, line});
  }
  Outcome outcome = run_and_save(command, context);
  context.add_settings(outcome);
  if (outcome.problem && !is_verbose) {
    outcome.remarks.insert(outcome.remarks.end(), lines.begin(), lines.end());
  }
  return outcome;
}

int finish(const Outcome& outcome, Renderer& renderer) {
  try {
    renderer.finish(outcome);
    return outcome.code();
  } catch (const Error& error) {
    write_error(std::string("error: ") + error.what());
    return exit_code(error.code());
  }
}

// Without --json: what was done is told first, then it goes on.
int tell_and_go_on(const Outcome& outcome, Context& context) {
  const int code = finish(outcome, context.renderer());
  if (!outcome.afterwards) return code;
  try {
    outcome.afterwards();
    return exit_ok;
  } catch (const Error& error) {
    return finish(failed(error), context.renderer());
  }
}

// With --json: the result is the last line.
int go_on_and_tell(Outcome outcome, Context& context) {
  try {
    if (outcome.afterwards) outcome.afterwards();
  } catch (const Error& error) {
    outcome.problem = error;
  }
  return finish(outcome, context.renderer());
}

std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_name().empty()) words.push_back(command->get_name());
    if (!command->parsed()) continue;
    for (const CLI::Option* option : command->get_options()) words.push_back(option->get_name());
  }
  for (const CLI::Option* option : app.get_options()) words.push_back(option->get_name());
  return words;
}

// CLI11's own words, but for the commonest slip: a word that is neither command nor option.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto unknown = app.remaining(true);
  if (unknown.empty()) return error.what();
  const bool is_option = unknown.front().starts_with('-');
  return fmt::format("unknown {} '{}'{}", is_option ? "option" : "command or argument",
                     unknown.front(), did_you_mean(unknown.front(), known_words(app)));
}

// Arguments that make no sense; --help and --version come this way, too.
int refuse(const CLI::App& app, const CLI::ParseError& error,
           const std::vector<std::string>& words) {
  if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cerr);
  GlobalOptions options;
  options.guess_from(words);
  Context context(options);
  return finish(failed(Error(Errc::usage, explain(app, error))), context.renderer());
}

// `--port "$PORT"` of a script whose variable is not set: taken for nothing, it would mean any
// board. Hidden options are for tests.
void refuse_empty_values(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() || option->get_group().empty()) continue;
    const auto values = option->results();
    if (std::find(values.begin(), values.end(), "") == values.end()) continue;
    throw Error(Errc::usage, option->get_name() + " is given, but empty");
  }
}

// CLI11 takes the next word for the value of `--port=`.
void refuse_empty_values(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--") return;
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) continue;
    throw Error(Errc::usage, word.substr(0, word.size() - 1) + " is given, but empty");
  }
}

int run(const std::vector<std::string>& words, const MakeBoard& make_board) {
  CLI::App app(about, "stm32boot");
  app.set_version_flag("-V,--version", std::string("stm32boot ") + sysboot::version);
  app.footer(footer);
  app.require_subcommand(1);
  app.fallthrough();
  GlobalOptions options;
  options.make_board = make_board;
  options.add_to(app);
  SettingsOptions settings_options;
  settings_options.add_to(app);
  const std::vector<Command> commands = add_commands(OptionList(app));

  if (!words.empty() && words.front() == complete_command) {
    complete(app, options, {words.begin() + 1, words.end()});
    return exit_ok;
  }
  const bool has_output = reserve_standard_streams();
  try {
    app.parse(
        std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them from the end
  } catch (const CLI::ParseError& error) {
    return refuse(app, error, words);
  }
  if (!has_output) {
    write_error("error: standard output is closed");
    return exit_cannot_write;
  }
  const auto chosen = std::find_if(commands.begin(), commands.end(),
                                   [](const Command& command) { return command.app->parsed(); });
  options.command = chosen->app->get_name();
  SettingsApplied settings;
  try {
    refuse_empty_values(words);
    refuse_empty_values(app);
    refuse_empty_values(*chosen->app);
    settings = apply_settings(app, *chosen->app, settings_options);
  } catch (const Error& error) {
    Context context(options);
    return finish(failed(error), context.renderer());
  }
  for (const auto& line : settings.told) write_error(line);
  Context context(options, settings);
  const Outcome outcome = run_with(settings, *chosen, context, options.verbosity > 0);
  return options.json ? go_on_and_tell(outcome, context) : tell_and_go_on(outcome, context);
}

}  // namespace

int run_command_line(int argc, char** argv, const MakeBoard& make_board) {
  prepare_console();
  ignore_broken_pipes();
  try {
    return run(arguments(argc, argv), make_board);
  } catch (const std::exception& error) {
    write_error(std::string("error: defect in stm32boot: ") + error.what());
    return exit_internal;
  }
}

}  // namespace stm32boot
