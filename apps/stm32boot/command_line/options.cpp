// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>

#include "complaints.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

using Words = std::vector<std::string>;

std::string explain(const CommandLine& line, const CLI::App& app, const CLI::ParseError& error,
                    const Words& words) {
  const Words unknown = app.remaining(true);
  if (!unknown.empty()) return about_unknown_words(line, unknown, words);
  std::string text = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return about_missing_words(line);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return about_missing_value(line, text.substr(0, text.find(':')));
  }
  if (const std::size_t at = text.find(" excludes "); at != std::string::npos) {
    return fmt::format("{} and {} contradict each other", text.substr(0, at), text.substr(at + 10));
  }
  return text;
}

bool takes_value(const CommandLine& line, const std::string& word) {
  const auto is_one = [&](const OptionList& list) {
    const auto option = list.find(word);
    return option && !option->is_argument() && option->takes_value();
  };
  const auto commands = line.commands();
  return is_one(line.program()) || std::any_of(commands.begin(), commands.end(), is_one);
}

// Options of a command can stand in front of it, too; CLI11 wants them behind it.
Words command_first(const CommandLine& line, Words words) {
  for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
    if (word->starts_with('-')) {
      if (takes_value(line, *word) && word + 1 != words.end()) ++word;
      continue;
    }
    const auto commands = line.commands();
    const bool is_command =
        std::any_of(commands.begin(), commands.end(),
                    [&](const OptionList& command) { return command.name() == *word; });
    if (is_command) std::rotate(words.begin(), word, word + 1);
    break;
  }
  return words;
}

bool has_many_files(const OptionList& command) {
  const auto all = command.arguments();
  return std::any_of(all.begin(), all.end(),
                     [](const Option& argument) { return argument.can_be_repeated(); });
}

// "-@0x08004000" is standard input; CLI11 takes it for options behind anything but "--".
bool is_input_with_address(const std::string& word) {
  return word.starts_with("-@");
}

// CLI11 only leaves the last words to the arguments behind one that takes many where no option
// comes after any of them.
Words files_last(const CommandLine& line, const Words& words) {
  const auto commands = line.commands();
  const auto command = std::find_if(commands.begin(), commands.end(), [&](const OptionList& one) {
    return !words.empty() && one.name() == words.front();
  });
  const bool has_input = std::any_of(words.begin(), words.end(), is_input_with_address);
  const bool is_needed = command != commands.end() && has_many_files(*command) &&
                         (command->arguments().size() > 1 || has_input);
  if (!is_needed) return words;
  const auto files = std::find(words.begin(), words.end(), "--");
  Words options;
  Words others;
  for (auto word = words.begin(); word != files; ++word) {
    const bool is_option =
        word->size() > 1 && word->starts_with('-') && !is_input_with_address(*word);
    (is_option || word == words.begin() ? options : others).push_back(*word);
    if (is_option && takes_value(line, *word) && word + 1 != files) options.push_back(*++word);
  }
  if (files != words.end() || has_input) options.emplace_back("--");
  options.insert(options.end(), others.begin(), others.end());
  options.insert(options.end(), files == words.end() ? files : files + 1, words.end());
  return options;
}

// `stm32boot help flash` and `stm32boot version`, as with many other programs.
Words questions_as_options(Words words) {
  if (words.empty()) return words;
  if (words.front() == "version") words.front() = "--version";
  if (words.front() == "help") {
    std::rotate(words.begin(), words.begin() + 1, words.end());
    words.back() = "--help";
  }
  return words;
}

// CLI11 takes the next word for the value of `--port=`.
void refuse_empty_values(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--") return;
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) continue;
    throw Error(Errc::usage, word.substr(0, word.size() - 1) + " is given, but empty");
  }
}

// `--port "$PORT"` of a script whose variable is not set: taken for nothing, it would mean any
// board.
void refuse_empty_values(const OptionList& list) {
  for (const Option& option : list.options()) {
    const auto values = option.values();
    if (std::find(values.begin(), values.end(), "") == values.end()) continue;
    throw Error(Errc::usage, option.name() + " is given, but empty");
  }
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::from_to(int least, int most) {
  return check([least, most](const std::string& text) -> std::string {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (is_number && value >= least && value <= most) return {};
    return fmt::format("'{}' is not a number from {} to {}", sysboot::printable(text), least, most);
  });
}

Option& Option::check(const std::function<std::string(const std::string&)>& problem) {
  option_->check(problem);
  return *this;
}

std::string Option::name() const {
  return option_->get_name();
}

std::vector<std::string> Option::names() const {
  std::vector<std::string> names;
  for (const auto& name : option_->get_lnames()) names.push_back("--" + name);
  for (const auto& name : option_->get_snames()) names.push_back("-" + name);
  if (is_argument()) names.push_back(name());
  return names;
}

const OptionRow* Option::row() const {
  return is_argument() ? nullptr : find_option_row("--" + option_->get_lnames().front());
}

std::string Option::help() const {
  const bool is_of_parser = name() == "--help" || name() == "--version";
  return is_of_parser ? std::string(row()->help) : option_->get_description();
}

bool Option::is_argument() const {
  return !option_->nonpositional();
}

bool Option::is_required() const {
  return option_->get_required();
}

bool Option::takes_value() const {
  return option_->get_items_expected_max() > 0;
}

bool Option::can_be_repeated() const {
  return option_->get_expected_max() > 1;
}

std::vector<std::string> Option::values() const {
  return option_->results();
}

bool Option::is_on() const {
  return is_given() && option_->as<bool>();
}

void Option::set(const std::vector<std::string>& values) {
  const bool is_flag = option_->get_expected_min() == 0;
  try {
    if (is_flag && values.size() == 1) {
      const std::string key = option_->get_lnames().front();
      option_->add_result(option_->get_flag_value(key, values.front()));
    } else {
      option_->add_result(values);
    }
    option_->run_callback();
  } catch (const CLI::ParseError& error) {
    throw Error(Errc::usage, error.what());
  }
}

Option OptionList::described(CLI::Option* option, const std::string& name,
                             const std::string& help) {
  const OptionRow* row = find_option_row("--" + option->get_lnames().front());
  if (row == nullptr || row->name != name) {
    throw Error(Errc::internal, name + " is not in the table of options");
  }
  option->description(help.empty() ? std::string(row->help) : help);
  Option described(option);
  if (const auto words = row->words(); !words.empty()) {
    described.check([words](const std::string& value) -> std::string {
      if (std::find(words.begin(), words.end(), value) != words.end()) return {};
      return fmt::format("'{}' is none of {}", sysboot::printable(value), sysboot::joined(words));
    });
  }
  return described;
}

Option OptionList::flag(const std::string& name, bool& value, const std::string& help) {
  Option flag = described(app_->add_flag(name, value), name, help);
  return flag.check([](const std::string& text) -> std::string {
    if (flag_in(text)) return {};
    return fmt::format("'{}' is neither on nor off", sysboot::printable(text));
  });
}

Option OptionList::flag(const std::string& name, int& times) {
  return described(app_->add_flag(name, times), name, {});
}

Option OptionList::flag_or_value(const std::string& name, std::string& value) {
  return described(app_->add_flag(name, value), name, {});
}

Option OptionList::option(const std::string& name, std::string& value, const std::string& help) {
  return described(app_->add_option(name, value), name, help);
}

Option OptionList::option(const std::string& name, int& value) {
  return described(app_->add_option(name, value), name, {});
}

Option OptionList::option(const std::string& name, std::size_t& value) {
  return described(app_->add_option(name, value), name, {});
}

Option OptionList::option(const std::string& name, std::vector<std::string>& values) {
  return described(app_->add_option(name, values)->allow_extra_args(false), name, {});
}

Option OptionList::argument(const std::string& name, std::string& file, const std::string& help) {
  if (has_many_files(*this)) app_->positionals_at_end();
  return Option(app_->add_option(name, file, help));
}

Option OptionList::argument(const std::string& name, std::vector<std::string>& files,
                            const std::string& help) {
  return Option(app_->add_option(name, files, help));
}

Option OptionList::hidden_flag(const std::string& name, bool& value) {
  return Option(app_->add_flag(name, value)->group(""));
}

Option OptionList::hidden_option(const std::string& name, std::vector<std::string>& values) {
  return Option(app_->add_option(name, values)->allow_extra_args(false)->group(""));
}

std::string OptionList::name() const {
  return app_->get_name();
}

std::string OptionList::help() const {
  return app_->get_description();
}

std::vector<Option> OptionList::options() const {
  std::vector<Option> shown;
  for (CLI::Option* option : app_->get_options({})) {
    if (option->nonpositional() && !option->get_group().empty()) shown.emplace_back(option);
  }
  return shown;
}

std::vector<Option> OptionList::arguments() const {
  std::vector<Option> all;
  for (CLI::Option* option : app_->get_options({})) {
    if (!option->nonpositional()) all.emplace_back(option);
  }
  return all;
}

std::optional<Option> OptionList::find(const std::string& name) const {
  CLI::Option* option = app_->get_option_no_throw(name);
  if (option == nullptr) return std::nullopt;
  return Option(option);
}

CommandLine::CommandLine() : app_(std::make_unique<CLI::App>("", "stm32boot")) {
  app_->set_version_flag("-V,--version");
  app_->require_subcommand(1);
  app_->fallthrough();
}

CommandLine::~CommandLine() = default;

OptionList CommandLine::add_command(const std::string& name, const std::string& help) {
  return OptionList(*app_->add_subcommand(name, help));
}

std::vector<OptionList> CommandLine::commands() const {
  std::vector<OptionList> all;
  for (CLI::App* command : app_->get_subcommands({})) all.emplace_back(*command);
  return all;
}

CommandLine::Wish CommandLine::parse(const std::vector<std::string>& given) {
  const Words words = files_last(*this, command_first(*this, questions_as_options(given)));
  refuse_empty_values(words);
  try {
    // CLI11 takes them from the end.
    app_->parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    return Wish::help;
  } catch (const CLI::CallForVersion&) {
    return Wish::version;
  } catch (const CLI::ParseError& error) {
    throw Error(Errc::usage, explain(*this, *app_, error, words));
  }
  refuse_empty_values(program());
  refuse_empty_values(command());
  return Wish::run;
}

bool CommandLine::has_command() const {
  return !app_->get_subcommands().empty();
}

OptionList CommandLine::command() const {
  return OptionList(*app_->get_subcommands().front());
}

std::optional<bool> flag_in(const std::string& text) {
  static constexpr std::array yes = {"true", "1", "yes", "on"};
  static constexpr std::array no = {"false", "0", "no", "off"};
  if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), text) != no.end()) return false;
  return std::nullopt;
}

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  if (CLI::detail::lexical_cast(text, value)) return value;
  return std::nullopt;
}

}  // namespace stm32boot
