// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.hpp"

#include <fmt/core.h>

#include "examples.hpp"
#include "output/error_table.hpp"
#include "output/wrap.hpp"

namespace stm32boot {
namespace {

constexpr std::size_t column = 28;  // where explanations begin

void append_row(std::string& text, const std::string& name, const std::string& meaning) {
  text += "  " + name;
  std::size_t at = 2 + name.size();
  if (at + 2 > column) {
    text += '\n';
    at = 0;
  }
  text += std::string(column - at, ' ');
  text += wrapped(meaning, usual_width, column, column) + '\n';
}

// "-p, --port TTY"
std::string synopsis(const Option& option) {
  const OptionRow& row = *option.row();
  std::string name(row.name);
  if (const std::size_t comma = name.find(','); comma != std::string::npos) {
    name.insert(comma + 1, 1, ' ');
  }
  if (row.value.empty()) return name;
  return name + (row.value.starts_with('[') ? "" : " ") + std::string(row.value);
}

void append_options(std::string& text, const OptionList& list) {
  for (const OptionGroup group : option_groups) {
    bool is_first = true;
    for (const Option& option : list.options()) {
      if (option.row()->group != group) continue;
      if (is_first) text += fmt::format("\n{}:\n", heading(group));
      is_first = false;
      append_row(text, synopsis(option), option.help());
    }
  }
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

}  // namespace

std::string help_for_program(const CommandLine& line, const std::string& about) {
  std::string text;
  text += wrapped(about, usual_width, 0, 0) + '\n';
  text += "\nUsage: stm32boot [OPTION]... COMMAND [OPTION]... [FILE]...\n\nCommands:\n";
  for (const OptionList& command : line.commands()) {
    append_row(text, command.name(), command.help());
  }
  append_row(text, "COMMAND --help", "Options of a command");
  append_options(text, line.program());
  text += "\nExit status:\n";
  for (const ExitCodeRow& row : exit_codes()) {
    append_row(text, std::to_string(row.code), std::string(row.brief));
  }
  return text;
}

std::string usage_of(const OptionList& command) {
  std::string text = fmt::format("stm32boot {} [OPTION]...", command.name());
  for (const Option& argument : command.arguments()) {
    const std::string name = upper(argument.name()) + (argument.can_be_repeated() ? "..." : "");
    text += argument.is_required() ? " " + name : " [" + name + "]";
  }
  return text;
}

std::string help_for_command(const OptionList& command) {
  std::string text;
  text += wrapped(command.help(), usual_width, 0, 0) + '\n';
  text += "\nUsage: " + usage_of(command) + '\n';
  if (!command.arguments().empty()) text += '\n';
  for (const Option& argument : command.arguments()) {
    append_row(text, upper(argument.name()), argument.help());
  }
  append_options(text, command);
  text += fmt::format("\nExample: {}\n", example_of(command.name()));
  text += "\nOptions for every command, and exit codes: stm32boot --help\n";
  return text;
}

}  // namespace stm32boot
