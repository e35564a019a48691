// SPDX-License-Identifier: GPL-3.0-or-later
#include <exception>
#include <iostream>

#include "command_line.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"

int main(int argc, char** argv) {
  stm32boot::ignore_broken_pipes();
  try {
    return stm32boot::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: defect in stm32boot: " << error.what() << '\n';
    return stm32boot::exit_internal;
  }
}
