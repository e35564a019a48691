// SPDX-License-Identifier: GPL-3.0-or-later
#include "complaints.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "did_you_mean.hpp"
#include "help.hpp"
#include "other_tools.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using Words = std::vector<std::string>;

Words option_names(const OptionList& list) {
  Words names;
  for (const Option& option : list.options()) names.push_back(option.name());
  return names;
}

Words command_names(const CommandLine& line) {
  Words names;
  for (const OptionList& command : line.commands()) names.push_back(command.name());
  return names;
}

std::string commands_with(const CommandLine& line, const std::string& option) {
  Words names;
  for (const OptionList& command : line.commands()) {
    if (command.find(option)) names.push_back(command.name());
  }
  return sysboot::joined(names);
}

// Of options and commands as of what other tools have, which comes second.
std::string suggestion(const std::string& word, const Words& known) {
  const std::string meant = did_you_mean(word, known);
  const auto other = meant.empty() ? closest(word, words_of_other_tools()) : std::nullopt;
  return other ? "; " + answer_for_other_tools({*other}, {})->answer : meant;
}

std::string about_unknown_option(const CommandLine& line, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::string others = commands_with(line, name);
  if (!others.empty() && line.has_command()) {
    return fmt::format("{} has no option {}; there is one for {}", line.command().name(), name,
                       others);
  }
  if (!others.empty()) {
    return fmt::format("a command is missing; {} is an option of {}", name, others);
  }
  Words known = option_names(line.program());
  const Words more = line.has_command() ? option_names(line.command()) : command_names(line);
  known.insert(known.begin(), more.begin(), more.end());
  return fmt::format("unknown option '{}'{}", sysboot::printable(word), suggestion(name, known));
}

std::string about_unknown_word(const CommandLine& line, const std::string& word) {
  const std::string shown = sysboot::printable(word);
  if (line.has_command()) {
    const OptionList command = line.command();
    const std::size_t count = command.arguments().size();
    return fmt::format("{} takes {}, and '{}' is one more", command.name(),
                       count == 0 ? "options only" : sysboot::counted(count, "file"), shown);
  }
  const bool is_file = word.find_first_of("./\\") != std::string::npos;
  return fmt::format("unknown command '{}'{}", shown,
                     is_file ? "; to flash a file: `stm32boot flash " + shown + "`"
                             : suggestion(word, command_names(line)));
}

}  // namespace

std::string about_unknown_words(const CommandLine& line, const Words& unknown, const Words& all) {
  Words foreign = unknown;
  // Behind a command, a word is a file.
  if (line.has_command()) std::erase_if(foreign, [](const auto& one) { return one[0] != '-'; });
  if (const auto other = answer_for_other_tools(foreign, all)) {
    return fmt::format("unknown {} '{}'; {}", other->word.starts_with('-') ? "option" : "command",
                       sysboot::printable(other->word), other->answer);
  }
  for (const std::string& word : unknown) {
    if (word.starts_with('-')) return about_unknown_option(line, word);
  }
  return about_unknown_word(line, unknown.front());
}

std::string about_missing_words(const CommandLine& line) {
  if (!line.has_command()) return "a command is missing, such as `stm32boot flash app.bin`";
  const auto files = line.command().arguments();
  const auto missing = std::find_if(files.begin(), files.end(), [](const Option& file) {
    return file.is_required() && !file.is_given();
  });
  return fmt::format("{} is missing: `{}`", missing->name(), usage_of(line.command()));
}

std::string about_missing_value(const CommandLine& line, const std::string& name) {
  const auto option = line.has_command() ? line.command().find(name) : line.program().find(name);
  const OptionRow* row = option ? option->row() : find_option_row(name);
  return fmt::format("{} needs a value{}{}", name, row != nullptr ? ": " : "",
                     row != nullptr ? row->value : "");
}

}  // namespace stm32boot
