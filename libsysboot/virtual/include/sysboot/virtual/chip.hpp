// SPDX-License-Identifier: GPL-3.0-or-later
// The ROMs of other chips, from the table of the library.
#pragma once

#include "sysboot/virtual/rom.hpp"

namespace sysboot::virtual_bench {

/// A ROM that shows and does what is known of this part's: "stm32h743". What is not known of it is
/// as of its kind: a block of 2048 bytes ("STM32  BOOTLOADER") or 1024 ("DFU in FS Mode"), the
/// answers of the F411's, the flash times of an STM32F4 or L4, option bytes of 0xFF. Error: usage,
/// with the names that there are.
RomSettings rom_of(std::string_view chip);
std::vector<std::string> chip_names();

}  // namespace sysboot::virtual_bench
