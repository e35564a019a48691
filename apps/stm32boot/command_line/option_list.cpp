// SPDX-License-Identifier: GPL-3.0-or-later
#include "option_list.hpp"

#include <CLI/CLI.hpp>

namespace stm32boot {

AddedOption& AddedOption::required() {
  option_->required();
  return *this;
}

AddedOption& AddedOption::hidden() {
  option_->group("");
  return *this;
}

AddedOption& AddedOption::needs(const AddedOption& other) {
  option_->needs(other.option_);
  return *this;
}

AddedOption& AddedOption::from_to(int least, int most) {
  option_->check(CLI::Range(least, most).description(""));
  return *this;
}

AddedOption& AddedOption::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words).description(""));
  return *this;
}

AddedOption& AddedOption::check(const std::function<std::string(const std::string&)>& problem) {
  option_->check(problem);
  return *this;
}

OptionList OptionList::add_command(const std::string& name, const std::string& what) {
  return OptionList(*app_->add_subcommand(name, what));
}

AddedOption OptionList::flag(const std::string& name, bool& value, const std::string& what) {
  return AddedOption(app_->add_flag(name, value, what));
}

AddedOption OptionList::option(const std::string& name, std::string& value, const std::string& what,
                               const std::string& type) {
  return AddedOption(app_->add_option(name, value, what)->type_name(type));
}

AddedOption OptionList::option(const std::string& name, int& value, const std::string& what,
                               const std::string& type) {
  return AddedOption(app_->add_option(name, value, what)->type_name(type));
}

AddedOption OptionList::option(const std::string& name, std::size_t& value, const std::string& what,
                               const std::string& type) {
  return AddedOption(app_->add_option(name, value, what)->type_name(type));
}

AddedOption OptionList::option(const std::string& name, double& value, const std::string& what,
                               const std::string& type) {
  return AddedOption(app_->add_option(name, value, what)->type_name(type));
}

AddedOption OptionList::option(const std::string& name, std::vector<std::string>& values,
                               const std::string& what, const std::string& type) {
  return AddedOption(
      app_->add_option(name, values, what)->allow_extra_args(false)->type_name(type));
}

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  if (CLI::detail::lexical_cast(text, value)) return value;
  return std::nullopt;
}

}  // namespace stm32boot
