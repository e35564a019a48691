// SPDX-License-Identifier: GPL-3.0-or-later
#include "manual.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "output/error_kinds.hpp"
#include "output/error_table.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

constexpr std::string_view of = "options of ";
constexpr std::string_view group_names[] = {"board", "entering", "work", "output", "other"};

std::string bold(std::string_view text) {
  return fmt::format("*{}*", text);
}

// "*-p*, *--port* _TTY_"; the names of values are in capitals, words that can be typed are not.
std::string synopsis(const OptionRow& row) {
  std::string text;
  for (std::size_t at = 0; at < row.name.size();) {
    const std::size_t end = std::min(row.name.find(',', at), row.name.size());
    text += (text.empty() ? "" : ", ") + bold(row.name.substr(at, end - at));
    at = end + 1;
  }
  if (row.value.empty()) return text;
  std::string value;
  bool is_name = false;
  for (const char c : row.value) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital != is_name) value += '_';
    is_name = is_capital;
    value += c;
  }
  return text + (value.starts_with('[') ? "" : " ") + value + (is_name ? "_" : "");
}

std::string options_of(const OptionList& list) {
  std::string text = "Options:";
  const std::vector<Option> options = list.options();
  for (const Option& option : options) {
    if (option.name() != "--help") text += ' ' + bold(option.name());
  }
  return text == "Options:" ? "Options: none" : text;
}

std::string options_in(OptionGroup group) {
  std::string text;
  for (const OptionRow& row : option_table()) {
    if (row.group != group) continue;
    text += fmt::format("{}{}\n\t{}\n", text.empty() ? "" : "\n", synopsis(row), row.manual);
  }
  text.pop_back();
  return text;
}

// "done: flashed" becomes "Done: flashed", and `unlock` bold.
std::string sentence(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  std::replace(text.begin(), text.end(), '`', '*');
  return text + '.';
}

std::string exit_status() {
  std::string text;
  for (const ExitCodeRow& row : exit_codes()) {
    text += fmt::format("{}*{}*\n\t{}\n", text.empty() ? "" : "\n", static_cast<int>(row.code),
                        sentence(std::string(row.meaning)));
  }
  text.pop_back();
  return text;
}

std::string kinds_of_errors() {
  std::string text;
  for (const Errc kind : error_kinds()) {
    text += fmt::format("{}*{}* ({})\n\t{}.\n", text.empty() ? "" : "\n", to_string(kind),
                        static_cast<int>(exit_code(kind)), meaning(kind));
  }
  text.pop_back();
  return text;
}

std::string variables() {
  std::vector<std::string> names;
  for (const OptionRow& row : option_table()) {
    if ((row.places & in_environment) != 0) names.push_back(bold(variable_for(row)));
  }
  std::sort(names.begin(), names.end());
  return sysboot::joined(names);
}

std::string replacement(const CommandLine& line, const std::string& what) {
  if (what == "exit codes") return exit_status();
  if (what == "error kinds") return kinds_of_errors();
  if (what == "variables") return variables();
  if (what == "options of all") return options_of(line.program());
  for (const OptionList& command : line.commands()) {
    if (what == std::string(of) + command.name()) return options_of(command);
  }
  for (std::size_t i = 0; i < option_groups.size(); ++i) {
    if (what == fmt::format("options {}", group_names[i])) return options_in(option_groups[i]);
  }
  throw Error(Errc::internal, fmt::format("nothing is known of @{}@", what));
}

}  // namespace

std::string manual_page(const CommandLine& line, const std::string& page) {
  std::string text;
  std::istringstream lines(page);
  for (std::string one; std::getline(lines, one);) {
    const bool is_replaced = one.size() > 2 && one.front() == '@' && one.back() == '@';
    text += (is_replaced ? replacement(line, one.substr(1, one.size() - 2)) : one) + '\n';
  }
  return text;
}

}  // namespace stm32boot
