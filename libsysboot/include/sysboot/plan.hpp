// SPDX-License-Identifier: GPL-3.0-or-later
// From an image and a memory layout to what has to be compared, erased and written. Pure: no
// device.
#pragma once

#include "sysboot/chip.hpp"
#include "sysboot/image.hpp"
#include "sysboot/layout.hpp"

namespace sysboot {

/// Image bytes that go into one sector.
struct Piece {
  std::uint32_t address = 0;
  ByteView data;  ///< points into the image
};

struct SectorPlan {
  Sector sector;
  std::vector<Piece> pieces;  ///< in order of address; never empty
};

/// What a transfer carries: block_size bytes, less at the end of a run.
struct Block {
  std::uint32_t address = 0;
  Bytes data;
};

/// Which sectors the image touches. Lives no longer than the image.
struct FlashPlan {
  std::vector<SectorPlan> sectors;  ///< in order of address; never empty
  std::uint64_t image_bytes = 0;

  std::uint64_t erase_bytes() const;
};

/// Blocks to write, and the image bytes that must then read back.
struct WritePart {
  std::vector<Block> blocks;  ///< in order of address; those that erasing left right are left out
  std::vector<Piece> verify;
  std::uint64_t write_bytes = 0;
  std::uint64_t verify_bytes = 0;
};

/// What is left to do once some sectors are known to hold the right bytes already: erase, then the
/// body, then the first words of the image, without which nothing starts. So a flash that breaks
/// off leaves no image that looks whole, unless the sector of these words matched from the start.
struct WritePlan {
  std::vector<Sector> erase;
  std::uint64_t erase_bytes = 0;
  WritePart body;
  WritePart
      start;  ///< one short block: stack pointer and reset vector; none when its sector matches

  std::uint64_t write_bytes() const { return body.write_bytes + start.write_bytes; }
};

/// Blocks are padded to multiples of this with what erasing leaves, inside sectors that were erased
/// for them: every STM32 can program them then.
inline constexpr std::uint32_t padding_unit = widest_program_unit;

struct WriteSizes {
  std::uint32_t block = 2048;  ///< of a transfer; a multiple of padding_unit
  /// Of the last block of all: 8 bytes hold stack pointer and reset vector. Flash that programs
  /// single bytes does so upwards, so that they are not whole before the last one; wider flash
  /// needs its whole unit.
  std::uint32_t start = 8;
  std::uint8_t erased = 0xFF;  ///< what every byte reads after erasing (see erased_byte)
};

/// Error: image_does_not_fit, naming the first address that is outside the layout or must not be
/// erased and written.
FlashPlan plan_flash(const Image& image, const MemoryLayout& layout);

/// `matches` has one entry for each sector of the plan.
WritePlan plan_writes(const FlashPlan& plan, const std::vector<bool>& matches,
                      const WriteSizes& sizes);

}  // namespace sysboot
