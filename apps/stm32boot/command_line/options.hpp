// SPDX-License-Identifier: GPL-3.0-or-later
// The command line: its commands and their options, what was given of them, and what they are
// called. CLI11 is behind it: only options.cpp includes it, because it takes seconds to compile.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "option_table.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace stm32boot {

/// An option or argument of a command.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& required();
  Option& needs(const Option& other);
  Option& excludes(const Option& other);
  Option& from_to(int least, int most);
  /// `problem` says what is wrong with a value; nothing where it is right.
  Option& check(const std::function<std::string(const std::string&)>& problem);

  std::string name() const;                ///< "--port"; "image" for an argument
  std::vector<std::string> names() const;  ///< "--port", "-p"
  const OptionRow* row() const;            ///< none for arguments, and for what only tests use
  std::string help() const;
  bool is_argument() const;
  bool is_required() const;
  bool takes_value() const;
  bool can_be_repeated() const;
  std::vector<std::string> values() const;  ///< as they were given; empty when it was not
  bool is_given() const { return !values().empty(); }
  bool is_on() const;  ///< of a flag: given as true, 1, yes, on or without a value
  /// As if it had been given, though not on the command line. Error: usage.
  void set(const std::vector<std::string>& values);

 private:
  CLI::Option* option_;
};

/// The options of one command, or those that stand before or after any. Declaring one binds it to a
/// value, which has to live as long as the command line. What is known of it is in option_table;
/// `help` replaces the line there.
class OptionList {
 public:
  explicit OptionList(CLI::App& app) : app_(&app) {}

  Option flag(const std::string& name, bool& value, const std::string& help = {});
  /// Counts how often it is given.
  Option flag(const std::string& name, int& times);
  /// Has a value only behind '='; CommandLine::no_value without one.
  Option flag_or_value(const std::string& name, std::string& value);
  Option option(const std::string& name, std::string& value, const std::string& help = {});
  Option option(const std::string& name, int& value);
  Option option(const std::string& name, std::size_t& value);
  /// Can be given again and again, with one value each time.
  Option option(const std::string& name, std::vector<std::string>& values);
  /// Names a file.
  Option argument(const std::string& name, std::string& file, const std::string& help);
  /// Names one or more. Behind it there may be arguments for one file each: the last words are
  /// theirs.
  Option argument(const std::string& name, std::vector<std::string>& files,
                  const std::string& help);
  /// Neither in help nor in completion, and not in the table.
  Option hidden_flag(const std::string& name, bool& value);
  Option hidden_option(const std::string& name, std::vector<std::string>& values);

  std::string name() const;
  std::string help() const;
  /// In the order in which they were declared; with -h.
  std::vector<Option> options() const;
  std::vector<Option> arguments() const;
  /// By any of its names: "--port", "-p", "image".
  std::optional<Option> find(const std::string& name) const;

 private:
  Option described(CLI::Option* option, const std::string& name, const std::string& help);

  CLI::App* app_;
};

class CommandLine {
 public:
  /// What flag_or_value() gives without a value.
  static constexpr const char* no_value = "true";

  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// The options that stand before or after any command.
  OptionList program() const { return OptionList(*app_); }
  OptionList add_command(const std::string& name, const std::string& help);
  std::vector<OptionList> commands() const;

  enum class Wish { run, help, version };
  /// The words behind the program's name, once all is declared. Error: usage.
  Wish parse(const std::vector<std::string>& words);
  bool has_command() const;
  /// The one that was given; after parse().
  OptionList command() const;

 private:
  std::unique_ptr<CLI::App> app_;
};

/// true, 1, yes or on; false, 0, no or off; none for any other text.
std::optional<bool> flag_in(const std::string& text);

/// The number that this text is; none when it is not one as a whole.
std::optional<double> number_in(const std::string& text);

}  // namespace stm32boot
