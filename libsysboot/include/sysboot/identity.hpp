// SPDX-License-Identifier: GPL-3.0-or-later
// Serial numbers across the reboot: what the application shows, what the ROM shows, and how they
// relate.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

enum class SerialMatch {
  equal,      ///< the same board
  offset,     ///< the same board: some ROMs add 0x0A to the low 16 bits of the first word
  different,  ///< both carry a 12-digit serial number, and they do not fit
  unknown,    ///< one of them carries none that identifies anything
};

/// How an application's serial number relates to the one a ROM shows.
/// Rules: the ROM's 12 digits are hex8(W0 + W2) + hex4(W1 >> 16) of the unique id; F412, F413 and
/// F76x ROMs add 0x0A to byte 3, seen without a carry into byte 2, so both readings count. Some
/// ROMs show a constant ("STM32FxSTM32", "FFFFFFFEFFFF", "STM32", "2003645…", "200000500000"),
/// which says nothing. Sources: libopencm3 #760 (F4), ST forum 118169 (F412), micropython
/// discussion 15948 (F76x).
SerialMatch match_serials(std::string_view application, std::string_view rom);

/// False for the constants above and for an empty string.
bool identifies_a_board(std::string_view serial);

}  // namespace sysboot
