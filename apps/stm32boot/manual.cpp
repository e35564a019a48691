// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the man page while building; not installed. usage: stm32boot-manual <TEMPLATE >PAGE
#include <iostream>
#include <iterator>

#include "command_line/global_options.hpp"
#include "command_line/manual.hpp"
#include "command_line/settings.hpp"
#include "commands/commands.hpp"

int main() {
  stm32boot::CommandLine line;
  stm32boot::GlobalOptions options;
  options.add_to(line.program());
  stm32boot::SettingsOptions settings;
  settings.add_to(line.program());
  const auto commands = add_commands(line);
  const std::string page{std::istreambuf_iterator<char>(std::cin), {}};
  try {
    std::cout << manual_page(line, page);
  } catch (const std::exception& error) {
    std::cerr << "stm32boot-manual: " << error.what() << '\n';
    return 1;
  }
}
