// SPDX-License-Identifier: GPL-3.0-or-later
// Serial numbers across the reboot: what the application shows, what the ROM shows, and how they
// relate.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

enum class SerialMatch {
  equal,      ///< the same board: its ROM makes this of the application's serial number
  offset,     ///< the same board, as far as ROMs and firmware are known to differ
  different,  ///< both are made of an STM32's unique id, and of two different ones
  unknown,    ///< one of them says nothing about the other
};

/// How an application's serial number relates to the one a ROM shows.
/// Rules: the ROM's 12 digits are hex8(W0 + W2) + hex4(W1 >> 16) of the unique id. Applications
/// show the same 12, or all 24 of the unique id: in the order of memory (TinyUSB, Klipper), as
/// words from the first or from the last on (HAL's %08X; Zephyr), or words from the last on in the
/// order of memory (libopencm3). F412, F413 and F76x ROMs add 0x0A to byte 3, seen without a carry
/// into byte 2, so both readings count; F303 ROMs take the last 4 digits from W2; libopencm3 and
/// MicroPython add bytes, without carries. Some ROMs show a constant ("STM32FxSTM32",
/// "FFFFFFFEFFFF", "STM32", "2003645…", "200000500000"), which says nothing.
/// Serial numbers only count as different where both show parts of a lot number, which is ASCII
/// (RM0383 section 24.1), at the places where it must be: anything else may be the maker's own, as
/// may one that is nothing but such characters.
/// Sources: libopencm3 #760 (F4), its desig.c; ST forum 118169 (F412); micropython discussion 15948
/// (F76x); SPRacingF3 logs (F303); Zephyr's hwinfo_stm32.c, TinyUSB's board_get_unique_id.
SerialMatch match_serials(std::string_view application, std::string_view rom);

/// False for the constants above and for an empty string.
bool identifies_a_board(std::string_view serial);

}  // namespace sysboot
