// SPDX-License-Identifier: GPL-3.0-or-later
// dfu-util -l.
#pragma once

#include <vector>

#include "find.hpp"

namespace stm32boot::dfu_util {

struct Listed {
  std::vector<std::string>
      lines;  ///< as dfu-util writes them: "Found DFU: [0483:df11] ver=2200, …"
  std::vector<std::string> remarks;  ///< for people
};

/// Every DFU interface on the bus that fits, in either mode, the highest alternate setting of a
/// device first. Where no bootloader is among them, the application that find_target would take,
/// with a line for what its ROM will be: whoever waits for such a line can go on, and the board is
/// rebooted when it is written or read. Nothing is done to any board. What
/// cannot be looked into, and that several boards fit, is in the remarks.
Listed list(sysboot::Host& host, const Words& words, const Chosen& chosen);

}  // namespace stm32boot::dfu_util
