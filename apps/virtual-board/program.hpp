// SPDX-License-Identifier: GPL-3.0-or-later
// From argv to the exit code.
#pragma once

#include <functional>
#include <memory>

#include "sysboot/virtual/board.hpp"

namespace virtual_board {

/// Makes a board that runs the program in this file. Errors: those of load_image().
using MakeEmulated = std::function<std::unique_ptr<sysboot::virtual_bench::BusBoard>(
    sysboot::virtual_bench::BoardSettings, const std::string& firmware)>;

/// There is a --firmware where there is an emulator.
int run_program(int argc, char** argv, const MakeEmulated& make_emulated = {});

}  // namespace virtual_board
