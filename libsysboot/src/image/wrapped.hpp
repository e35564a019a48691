// SPDX-License-Identifier: GPL-3.0-or-later
// Images that something else than the chip starts.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

/// Is this an image with MCUboot's header (bootutil/image.h: magic number 0x96F3B83D), which
/// MCUboot starts, and the chip cannot?
bool is_mcuboot_image(ByteView content);

/// Is this firmware for the second core of an STM32WB, which ST's firmware upgrade service (FUS)
/// installs? It ends with a signature, as AN5185 describes it.
bool is_wireless_firmware(ByteView content);

}  // namespace sysboot
