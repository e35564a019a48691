// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual boards described in a line of text, for command lines and environment variables.
#pragma once

#include <string_view>

#include "sysboot/virtual/board.hpp"

namespace sysboot::virtual_bench {

// clang-format off
/// Comma-separated, all optional:
/// ```
///   firmware=NAME              runs other people's firmware (firmware.hpp); goes first
///   chip=NAME                  is another chip than an STM32F411 (chip.hpp); goes before what
///                              follows here
///   product=NAME  serial=TEXT  id=VVVV:PPPP    what the application shows
///   line=TEXT                  console line that reboots it; line= for none
///   no-touch                   ignores the touch
///   detach  detach=reset       offers DFU_DETACH, by itself or with a USB reset
///   bounces=N  lost            the ROM resets N times; the ROM never shows up
///   app-lost                   the application never shows up after a leave
///   mode=dfu  boot0            starts in the ROM; every reset ends there
///   guard                      guard is in the first sector, the application at 0x08004000
///   times=x8|x32|none          how long flash takes
///   rom-serial=TEXT  rdp       the ROM's serial number; read protection
///   option-bytes=HEX           what they are at first, such as EFAA1055FFFFFFFFFF7F0080FFFFFFFF
///   supply=N                   VDD in millivolts
///   erase-unit=N               erases N sectors at a time, 1 to 8
///   fault=ACTION@POINT:N       stall, timeout, io-error, nak or unplug at the Nth transfer, erase,
///                              write or read; may be repeated
/// ```
// clang-format on
/// "bounces=2,times=none". Error: usage.
BoardSettings parse_board_spec(std::string_view text);

}  // namespace sysboot::virtual_bench
