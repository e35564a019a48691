// SPDX-License-Identifier: GPL-3.0-or-later
// What was seen and not taken, with what to add to the command line.
#pragma once

#include "sysboot/board.hpp"

namespace stm32boot {

/// "1-2 (Printer): only used when it is named: --usb 1-2"
std::string describe(const sysboot::Sighting& seen);

/// The same where --all was given, where boards are not named.
std::string describe_beside_all(const sysboot::Sighting& seen);
/// What to add then: "--usb 1-2 (without --all)"; empty where nothing helps.
std::string cure_beside_all(const sysboot::Sighting& seen);

/// The same with --each, where only a choice of how boards are rebooted helps.
std::string describe_beside_each(const sysboot::Sighting& seen);

}  // namespace stm32boot
