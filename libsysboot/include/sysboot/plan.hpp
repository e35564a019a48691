// SPDX-License-Identifier: GPL-3.0-or-later
// From an image and a memory layout to what has to be compared, erased and written. Pure: no
// device.
#pragma once

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
  std::vector<Block> blocks;  ///< in order of address; those that would only hold 0xFF are left out
  std::vector<Piece> verify;
  std::uint64_t write_bytes = 0;
  std::uint64_t verify_bytes = 0;
};

/// What is left to do once some sectors are known to hold the right bytes already: erase, then the
/// body, then the block that holds the start of the image, which is its vector table. A flash that
/// breaks off in between leaves no image that looks whole.
struct WritePlan {
  std::vector<Sector> erase;
  std::uint64_t erase_bytes = 0;
  WritePart body;
  WritePart vector_table;  ///< one block, or none when its sector matches

  std::uint64_t write_bytes() const { return body.write_bytes + vector_table.write_bytes; }
};

/// Program granularity that every STM32 accepts: the 256-bit flash word of the H7 (RM0433, 4.3.9),
/// the widest of all lines. Blocks are padded to it with 0xFF, inside sectors that were erased for
/// them.
inline constexpr std::uint32_t program_unit = 32;

/// Error: image_does_not_fit, naming the first address that is outside the layout or must not be
/// erased and written.
FlashPlan plan_flash(const Image& image, const MemoryLayout& layout);

/// `matches` has one entry for each sector of the plan. `block_size` is a multiple of program_unit.
WritePlan plan_writes(const FlashPlan& plan, const std::vector<bool>& matches,
                      std::uint32_t block_size);

}  // namespace sysboot
