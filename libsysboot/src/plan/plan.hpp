// SPDX-License-Identifier: GPL-3.0-or-later
// From an image and a memory layout to what has to be compared, erased and written. Pure: no
// device.
#pragma once

#include "chip/chip.hpp"
#include "sysboot/image.hpp"
#include "sysboot/layout.hpp"

namespace sysboot {

/// Bytes that go into one sector.
struct Piece {
  std::uint32_t address = 0;
  ByteView data;      ///< points into the image, or into what was read from flash
  bool kept = false;  ///< not the image's: it was there before, and is put back
};

struct SectorPlan {
  Sector sector;
  std::vector<Piece> pieces;     ///< in order of address; never empty
  std::vector<FlashRange> gaps;  ///< what is to be kept, not yet read; in order of address

  std::uint64_t piece_bytes() const;
};

/// What a transfer carries: block_size bytes, less at the end of a run.
struct Block {
  std::uint32_t address = 0;
  Bytes data;
};

/// Which sectors the image touches. Lives no longer than the image and what with_kept was given.
///
/// Sectors are erased as a whole, and images seldom fill theirs. All that is in these sectors
/// before the image's last byte is kept: before its first byte (a bootloader), and between its
/// parts. What is behind its last byte, in its last sector, is the tail: mostly the rest of a
/// longer program that was there before, so it goes, unless it is to be kept as well. There is one
/// tail at most: behind a part that is followed by another one, however far away, flash is between
/// the two.
struct FlashPlan {
  std::vector<SectorPlan> sectors;  ///< in order of address; never empty
  std::uint64_t image_bytes = 0;
  std::optional<FlashRange> tail;  ///< none when the image fills its last sector, or it is kept
  /// Where stack pointer and reset vector are that guard looks at, if they are in these sectors of
  /// a board with guard. They are written last.
  std::optional<std::uint32_t> guarded_vectors = {};

  std::uint64_t erase_bytes() const;
  std::uint64_t piece_bytes() const;  ///< of the image, and of what is kept once that is known
  bool has_gaps() const;
};

/// Blocks to write, and the bytes that must then read back.
struct WritePart {
  std::vector<Block> blocks;  ///< those that erasing left right are left out
  std::vector<Piece> verify;  ///< in order of address
  std::uint64_t write_bytes = 0;
  std::uint64_t verify_bytes = 0;
};

/// What is left to do once some sectors are known to hold the right bytes already: erase, then the
/// body, then the first words of the image, without which nothing starts. So a flash that breaks
/// off leaves no image that looks whole, unless the sector of these words matched from the start.
///
/// What is kept is in memory only from erasing on until it is written, and lost for good when the
/// work ends in between. So its sectors are erased last, and its blocks written first, the start of
/// flash last of these: a broken-off flash leaves the bootloader below an image whole, or one that
/// does not start. In both lists the rest is in order of address.
///
/// Under guard these words are written in two steps, of which the second clears one bit: if power
/// fails in it, they are as they were or as they are to be.
///
/// Once anything is erased, flash that nobody meant to erase may be gone with it, so everything is
/// verified: sectors that matched, too.
struct WritePlan {
  std::vector<Sector> erase;
  std::uint64_t erase_bytes = 0;
  WritePart body;
  /// Stack pointer and reset vector: one short block, under guard two; none when their sector
  /// matches.
  WritePart start;
  std::size_t kept_sectors = 0;  ///< how many at the end of `erase` hold what is kept
  std::size_t kept_blocks = 0;   ///< how many at the beginning of the body do

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
FlashPlan plan_flash(const Image& image, const MemoryLayout& layout, bool keep_tail = false);

/// The plan with what was read from its gaps, one segment for each, as pieces of its sectors: they
/// are compared, written and verified like those of the image.
FlashPlan with_kept(FlashPlan plan, const std::vector<Segment>& read);

/// From the first to the last byte that is not blank; none when all are.
std::optional<FlashRange> used_part(std::uint32_t address, ByteView bytes, std::uint8_t erased);

/// Which sectors may stay as they are: under guard none, unless all do, of those that hold the
/// vectors, so that guard does not start what is half changed.
std::vector<bool> may_stay(const FlashPlan& plan, std::vector<bool> matches);

/// Which of those to be erased need not be, because they read erased: one entry for each.
void leave_blank(WritePlan& writes, const std::vector<bool>& blank);

/// Where the words are that are written last.
std::uint32_t last_words(const FlashPlan& plan);

/// `matches` has one entry for each sector of the plan.
WritePlan plan_writes(const FlashPlan& plan, const std::vector<bool>& matches,
                      const WriteSizes& sizes);

}  // namespace sysboot
