// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

int main(int argc, char** argv) {
  return stm32boot::run_command_line(argc, argv);
}
