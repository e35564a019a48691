// SPDX-License-Identifier: GPL-3.0-or-later
// From argv to the exit code.
#pragma once

#include "boards/virtual_bench.hpp"

namespace stm32boot {

/// The whole program; `make_board` makes the boards of --virtual.
int run_command_line(int argc, char** argv, const MakeBoard& make_board = make_model);

}  // namespace stm32boot
