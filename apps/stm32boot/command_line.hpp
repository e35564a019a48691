// SPDX-License-Identifier: GPL-3.0-or-later
// From argv to the exit code.
#pragma once

namespace stm32boot {

int run_command_line(int argc, char** argv);

}  // namespace stm32boot
