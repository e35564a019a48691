// SPDX-License-Identifier: GPL-3.0-or-later
// What a board in DFU mode is and holds: chip, memories, and how full its flash is.
#pragma once

#include "sysboot/chip.hpp"
#include "sysboot/dfuse.hpp"
#include "sysboot/image.hpp"

namespace sysboot {

struct SectorUse {
  Sector sector;
  bool empty = false;     ///< reads as 0xFF throughout
  bool in_image = false;  ///< an image given would touch it
  bool matches = false;   ///< and holds the image's bytes already
};

struct Inspection {
  DfuseDescription description;
  ChipGuess chip;
  MemoryLayout flash;
  std::vector<SectorUse> sectors;         ///< empty when the flash cannot be read
  std::optional<std::string> unreadable;  ///< why, such as read protection
  std::optional<std::string> objection;   ///< why flash() would refuse the image unless forced
};

/// Reads the flash of a board in DFU mode: each sector up to its first byte that is not 0xFF.
/// Does not write, erase or leave. Errors: those of find_board and DfuseSession; not_in_dfu_mode.
Inspection inspect(const Job& job, const Selector& selector, const Image* image);

}  // namespace sysboot
