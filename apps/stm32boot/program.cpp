// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>

#include "boards/sightings.hpp"
#include "command_line/completion.hpp"
#include "command_line/help.hpp"
#include "command_line/settings.hpp"
#include "commands/commands.hpp"
#include "dfu_util/dfu_util.hpp"
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

CommandResult failed(const Error& error) {
  CommandResult outcome;
  outcome.problem = error;
  return outcome;
}

// What was seen is worth more than "no board". Some errors list it already.
Error with_surroundings(const Error& error, Context& context) {
  std::string text = error.text();
  if (text.find('\n') != std::string::npos) return error;
  for (const auto& seen : look_around(context.host())) text += "\n  seen: " + describe(seen);
  return {error.code(), text, error.context()};
}

CommandResult run_command(const Command& command, Context& context) {
  try {
    return command.run(context);
  } catch (const Error& error) {
    return failed(error.code() == Errc::no_board ? with_surroundings(error, context) : error);
  } catch (const std::exception& error) {
    return failed(Error(Errc::internal, error.what()));
  }
}

CommandResult run_and_save(const Command& command, Context& context) {
  CommandResult outcome = run_command(command, context);
  outcome.command = command.options.name();
  try {
    context.save();
  } catch (const Error& error) {
    if (!outcome.problem) outcome.problem = error;
  }
  return outcome;
}

// Settings can be the reason of a problem, and whoever gave the command may not think of them. What
// files have set has been told already.
CommandResult run_with(const SettingsApplied& settings, const Command& command, Context& context,
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
  CommandResult outcome = run_and_save(command, context);
  context.add_settings(outcome);
  if (outcome.problem && !is_verbose) {
    outcome.remarks.insert(outcome.remarks.end(), lines.begin(), lines.end());
  }
  return outcome;
}

int finish(const CommandResult& outcome, Renderer& renderer) {
  try {
    renderer.finish(outcome);
    return outcome.code();
  } catch (const Error& error) {
    write_error(std::string("error: ") + error.what());
    return exit_code(error.code());
  }
}

std::string answer(const CommandLine& line, CommandLine::Wish wish) {
  if (wish == CommandLine::Wish::version) return fmt::format("stm32boot {}\n", sysboot::version);
  return line.has_command() ? help_for_command(line.command()) : help_for_program(line, about);
}

// --help and --version. Settings leave them as they are: who reads help wants no JSON.
int finish_with(const CommandLine& line, CommandLine::Wish wish, GlobalOptions options,
                const std::vector<std::string>& words) {
  const std::string text = answer(line, wish);
  options.guess_from(words);
  if (!options.json) {
    std::cout << text;
    return exit_ok;
  }
  Context context(options);
  CommandResult outcome;
  if (line.has_command()) outcome.command = line.command().name();
  outcome.facts["text"] = text;
  return finish(outcome, context.renderer());
}

// Arguments or settings that make no sense.
int refuse(const Error& error, const Declared& declared, const std::vector<std::string>& words) {
  GlobalOptions options = declared.options;
  options.guess_from(words);
  options.json = options.json || is_json_set(declared.settings);
  Context context(options);
  CommandResult outcome = failed(error);
  if (declared.line.has_command()) outcome.command = declared.line.command().name();
  return finish(outcome, context.renderer());
}

constexpr const char* dfu_util_command = "dfu-util";

// Where "dfu-util" stands as the command; behind it, the words are dfu-util's. None where it is
// something else, such as a file.
std::optional<std::size_t> find_dfu_util_command(const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), dfu_util_command);
  if (found == words.end()) return std::nullopt;
  std::vector<std::string> before(words.begin(), found);
  before.emplace_back("list");  // any command that takes no words
  try {
    Declared declared;
    const bool is_to_run = declared.line.parse(before) == CommandLine::Wish::run;
    if (!is_to_run || declared.line.command().name() != "list") return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
  return found - words.begin();
}

int run(const std::vector<std::string>& words, const MakeBoard& make_board) {
  if (const auto at = find_dfu_util_command(words)) {
    const auto command = words.begin() + static_cast<std::ptrdiff_t>(*at);
    reserve_standard_streams();
    return dfu_util::run({words.begin(), command}, {command + 1, words.end()}, make_board);
  }
  Declared declared;
  CommandLine& line = declared.line;
  GlobalOptions& options = declared.options;

  if (!words.empty() && words.front() == complete_command) {
    std::optional<Context> context;
    const auto host = [&]() -> sysboot::Host& {
      return context.emplace(options, make_board).host();
    };
    complete(line, host, {words.begin() + 1, words.end()});
    return exit_ok;
  }
  const bool has_output = reserve_standard_streams();
  if (words.empty() && !is_json_set(declared.settings)) {
    write_error(help_for_program(line, about));
    return exit_code(Errc::usage);
  }
  SettingsApplied settings;
  try {
    const CommandLine::Wish wish = line.parse(words);
    if (wish != CommandLine::Wish::run) {
      return finish_with(line, wish, options, words);
    }
    if (!has_output) {
      write_error("error: standard output is closed");
      return exit_cannot_write;
    }
    options.command = line.command().name();
    settings = apply_settings(line, declared.settings);
  } catch (const Error& error) {
    return refuse(error, declared, words);
  }
  for (const auto& told : settings.told) write_error(told.text);
  const auto chosen = std::find_if(
      declared.commands.begin(), declared.commands.end(),
      [&](const Command& command) { return command.options.name() == options.command; });
  Context context(options, make_board, settings);
  if (options.json) {
    for (const auto& told : settings.told) context.renderer().event(told);
  }
  const CommandResult outcome = run_with(settings, *chosen, context, options.verbosity > 0);
  return finish(outcome, context.renderer());
}

}  // namespace

int run_command_line(int argc, char** argv, const MakeBoard& make_board) {
  prepare_console();
  ignore_broken_pipes();
  try {
    if (argc > 0 && dfu_util::is_called_dfu_util(argv[0])) {
      reserve_standard_streams();
      return dfu_util::run({}, arguments(argc, argv), make_board);
    }
    return run(arguments(argc, argv), make_board);
  } catch (const std::exception& error) {
    write_error(std::string("error: defect in stm32boot: ") + error.what());
    return exit_internal;
  }
}

}  // namespace stm32boot
