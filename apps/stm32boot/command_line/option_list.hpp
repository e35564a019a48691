// SPDX-License-Identifier: GPL-3.0-or-later
// CLI11 as the commands see it: few files include it, because it takes seconds to compile.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace stm32boot {

/// An option or argument that was added, for what else there is to say of it.
class AddedOption {
 public:
  explicit AddedOption(CLI::Option* option) : option_(option) {}

  AddedOption& required();
  AddedOption& hidden();  ///< from help and completion
  AddedOption& needs(const AddedOption& other);
  AddedOption& from_to(int least, int most);
  AddedOption& one_of(const std::vector<std::string>& words);
  /// `problem` says what is wrong with a value; nothing where it is right.
  AddedOption& check(const std::function<std::string(const std::string&)>& problem);

 private:
  CLI::Option* option_;
};

/// The options of the program or of one command. Values are bound: they have to outlive the list.
class OptionList {
 public:
  explicit OptionList(CLI::App& app) : app_(&app) {}

  OptionList add_command(const std::string& name, const std::string& what);
  AddedOption flag(const std::string& name, bool& value, const std::string& what);
  /// An argument, if its name has no dashes. `type` is what help calls its value.
  AddedOption option(const std::string& name, std::string& value, const std::string& what,
                     const std::string& type);
  AddedOption option(const std::string& name, int& value, const std::string& what,
                     const std::string& type);
  AddedOption option(const std::string& name, std::size_t& value, const std::string& what,
                     const std::string& type);
  AddedOption option(const std::string& name, double& value, const std::string& what,
                     const std::string& type);
  /// Can be given again and again, with one value each time.
  AddedOption option(const std::string& name, std::vector<std::string>& values,
                     const std::string& what, const std::string& type);
  CLI::App* app() const { return app_; }

 private:
  CLI::App* app_;
};

/// What an option of type double takes this text for.
std::optional<double> number_in(const std::string& text);

}  // namespace stm32boot
