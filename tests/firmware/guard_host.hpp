// SPDX-License-Identifier: GPL-3.0-or-later
// guard's own decisions, compiled for this machine, on the flash of a virtual board.
#pragma once

#include "guard_image.h"
#include "sysboot/virtual/flash_memory.hpp"

namespace support {

/// Does guard start the application after power-on? Each word is read as guard reads it, so that
/// it may differ from one time to the next.
bool guard_starts(const sysboot::virtual_bench::FlashMemory& flash);

}  // namespace support
