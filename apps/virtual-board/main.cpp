// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot-virtual-board: virtual STM32F411 boards for programs that know nothing of this project.
#include "program.hpp"

int main(int argc, char** argv) {
  return virtual_board::run_program(argc, argv);
}
