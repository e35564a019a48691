// SPDX-License-Identifier: GPL-3.0-or-later
#include "global_options.hpp"

namespace stm32boot {

void GlobalOptions::add_to(OptionList program) {
  program.flag_or_value("--virtual", virtual_file);
  program.hidden_option("--virtual-board", virtual_boards);
  program.flag("--json", json);
  program.flag("-q,--quiet", quiet);
  program.flag("-v,--verbose", verbosity);
  program.option("--progress", progress);
  program.option("--color", color);
}

void GlobalOptions::guess_from(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--json" || word == "--json=true") json = true;
    if (word.starts_with("--virtual")) virtual_file = CommandLine::no_value;
  }
}

When when(const std::string& word) {
  if (word == "always") return When::always;
  return word == "never" ? When::never : When::automatic;
}

}  // namespace stm32boot
