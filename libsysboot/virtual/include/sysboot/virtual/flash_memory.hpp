// SPDX-License-Identifier: GPL-3.0-or-later
// Flash with sectors: erasing sets all bits, programming only clears them, and both take time; or
// the other kinds that STM32 have.
#pragma once

#include <set>

#include "sysboot/layout.hpp"

namespace sysboot::virtual_bench {

/// DS-F411 table 45, typical values.
struct FlashTimes {
  Duration program{};  ///< one byte (x8) or one word (x32)
  unsigned bytes_per_program = 1;
  Duration erase_16k{};
  Duration erase_64k{};
  Duration erase_128k{};
  Duration mass_erase{};

  static FlashTimes x8();  ///< what the ROM uses by default: it assumes a low supply voltage
  static FlashTimes
  x16();  ///< after it was told of 2.1 V or more through its Device Feature memory
  static FlashTimes x32();                        ///< after it was told of 2.7 V or more
  static FlashTimes none();                       ///< for tests that are not about time
  Duration of_sector(std::uint32_t bytes) const;  ///< in between, by size
  Duration of_program(std::size_t bytes) const;
  bool operator==(const FlashTimes&) const = default;
};

/// What power that fails leaves of cells that are being erased, which are those of a whole sector,
/// or programmed, which are those of one byte (x8) or word (x32). RM0383 section 3.5 promises
/// nothing.
enum class Torn {
  in_order,  ///< no cell is between: the first ones are done, the others as they were
  old,       ///< as before, to the last cell
  done,      ///< as if it had ended
  random,    ///< some bits are by chance what they are
  unstable,  ///< some bits read otherwise every time
};

class FlashMemory {
 public:
  /// Blank. `layout` has no gaps.
  explicit FlashMemory(MemoryLayout layout);

  const MemoryLayout& layout() const { return layout_; }
  std::uint32_t address() const { return layout_.runs.front().address; }
  /// As it reads now.
  ByteView content() const { return read(address(), content_.size()); }
  bool contains(std::uint32_t address, std::size_t length) const;
  ByteView read(std::uint32_t address, std::size_t length) const;

  /// Puts bytes there as a debug probe would: no rules, no time.
  void load(std::uint32_t address, ByteView data);

  /// Erases (part of) a sector, and those that go with it; silently nothing of one that is
  /// write-protected, as the ROM does it.
  void erase(const Sector& sector, double fraction = 1.0);
  void erase_all(double fraction = 1.0);
  /// Programs (the first part of) `data`. False when a bit would have had to go from 0 to 1: then
  /// the flash holds neither what was there nor what was wanted. `at_once`: so many bytes are in
  /// the making when power fails.
  bool program(std::uint32_t address, ByteView data, double fraction = 1.0,
               std::size_t at_once = 1);

  /// What a `fraction` below 1 leaves from now on. Erasing tears each bit of the sector with this
  /// probability; programming only bits that were to become 0. Sound again is what has been erased
  /// as a whole and programmed.
  void tear(Torn how, std::uint32_t seed);
  /// Does it read the same every time?
  bool is_stable(std::uint32_t address, std::size_t length) const;

  /// Bytes that carry a checksum of their own, so that they can only be programmed while blank (L4,
  /// G0, G4, H7, ...); 1 for flash that takes every byte, and every bit that goes from 1 to 0.
  /// `erased` is what a blank byte reads. Empties the flash.
  void become(std::uint32_t program_unit, std::uint8_t erased);

  /// What is erased at a time is so many sectors of the layout (aligned), which then names smaller
  /// ones than there are.
  void erase_together(std::uint32_t sectors) { erase_unit_ = sectors; }

  void write_protect(std::uint32_t address);
  bool is_write_protected() const { return !protected_.empty(); }  ///< any of it
  void lift_write_protection() { protected_.clear(); }

 private:
  bool is_protected(std::uint32_t address) const;
  bool is_blank(std::uint32_t address, std::size_t length) const;

  void erase(std::uint32_t address, std::size_t length, double fraction);
  void tear_cell(std::uint32_t address, std::uint8_t changes, std::uint8_t target,
                 double probability);
  void settle(std::uint32_t address, std::size_t length);
  std::uint8_t& unstable_at(std::uint32_t address) { return unstable_[address - this->address()]; }
  std::uint8_t noise() const;

  MemoryLayout layout_;
  mutable Bytes content_;  // reading changes what is unstable
  Bytes unstable_;         // bits; empty: none
  Torn torn_ = Torn::in_order;
  mutable std::uint32_t noise_ = 1;
  std::uint32_t program_unit_ = 1;
  std::uint8_t erased_ = 0xFF;
  std::uint32_t erase_unit_ = 1;
  std::set<std::uint32_t> protected_;  // sector addresses
};

}  // namespace sysboot::virtual_bench
