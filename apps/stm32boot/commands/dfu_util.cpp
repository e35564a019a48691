// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot dfu-util, for --help and completion. What stands behind it is dfu-util's, so the
// program takes it away before the command line is parsed (program.cpp).
#include "commands.hpp"
#include "sysboot/error.hpp"

namespace stm32boot {

Command add_dfu_util(CommandLine& line) {
  const OptionList sub =
      line.add_command("dfu-util", "Take the command line of dfu-util: see stm32boot-dfu-util(1)");
  return {sub, [](Context&) -> CommandResult {
            throw sysboot::Error(sysboot::Errc::internal, "dfu-util's words were not taken away");
          }};
}

}  // namespace stm32boot
