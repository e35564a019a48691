// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot in dfu-util's place: its command line, what it says that programs read, and its exit
// codes, with our way of working behind them.
#pragma once

#include <string_view>

#include "boards/virtual_bench.hpp"

namespace stm32boot::dfu_util {

/// Is `program` (argv[0]) a name under which stm32boot is dfu-util?
bool is_called_dfu_util(std::string_view program);

/// Does what dfu-util would with `words`; `before` are options of stm32boot itself that stand in
/// front of them ("--virtual"). Returns the exit code:
///    0  done; an application that did not come back is a warning, and 79 with STM32BOOT_STRICT
///   64  command line; the file and the board do not go together; no dfu-util to hand over to
///   65  the file is broken, 66 it cannot be read, 73 the other one cannot be written or exists
///   74  no board or several, or it fails; 76 flash does not hold what was written
int run(const std::vector<std::string>& before, const std::vector<std::string>& words,
        const MakeBoard& make_board);

}  // namespace stm32boot::dfu_util
