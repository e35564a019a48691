// SPDX-License-Identifier: GPL-3.0-or-later
#include "global_options.hpp"

#include <CLI/CLI.hpp>
#include <map>

namespace stm32boot {
namespace {

void add_when(CLI::App& app, const std::string& name, When& value, const std::string& what) {
  static const std::map<std::string, When> words = {
      {"auto", When::automatic}, {"always", When::always}, {"never", When::never}};
  app.add_option(name, value, what)
      ->transform(CLI::CheckedTransformer(words).description(""))
      ->type_name("auto|always|never");
}

}  // namespace

void GlobalOptions::add_to(CLI::App& app) {
  app.add_flag("--virtual", virtual_file,
               "Use a virtual Black Pill; =FILE keeps its flash between runs")
      ->type_name("[=FILE]");
  app.add_option("--virtual-board", virtual_boards, "Describe a virtual board")->group("");
  app.add_flag("--json", json, "One JSON object a line on standard output");
  app.add_flag("-q,--quiet", quiet, "Print nothing but errors");
  app.add_flag("-v,--verbose", verbosity, "Say what is tried; -vv: every control transfer");
  add_when(app, "--progress", progress, "Draw progress bars");
  add_when(app, "--color", color, "Use colours");
}

void GlobalOptions::guess_from(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--json") json = true;
    if (word.starts_with("--virtual")) virtual_file = no_file;
  }
}

}  // namespace stm32boot
