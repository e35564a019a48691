// SPDX-License-Identifier: GPL-3.0-or-later
// Makes man pages while building; not installed. usage: stm32boot-manual <TEMPLATE >PAGE
#include <iostream>
#include <iterator>

#include "command_line/manual.hpp"
#include "commands/commands.hpp"

int main() {
  const stm32boot::Declared declared;
  const std::string page{std::istreambuf_iterator<char>(std::cin), {}};
  try {
    std::cout << manual_page(declared.line, page);
  } catch (const std::exception& error) {
    std::cerr << "stm32boot-manual: " << error.what() << '\n';
    return 1;
  }
}
