// SPDX-License-Identifier: GPL-3.0-or-later
// What was seen and not taken, with what to add to the command line.
#pragma once

#include "sysboot/board.hpp"

namespace stm32boot {

/// "1-2 (Printer): only used when it is named: --usb 1-2"
std::string describe(const sysboot::Sighting& seen);

}  // namespace stm32boot
