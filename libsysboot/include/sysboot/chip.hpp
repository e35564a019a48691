// SPDX-License-Identifier: GPL-3.0-or-later
// The chips whose ROM speaks USB DFU: one table of facts for the host and for virtual boards, with
// how well each of them is known.
#pragma once

#include <span>

#include "sysboot/layout.hpp"

namespace sysboot {

enum class Certainty {
  unknown,
  reported,    ///< by others, from a log of such a chip or in a program that works with it
  documented,  ///< by ST
  measured,    ///< on the chip or on the code of its ROM
};
std::string to_string(Certainty certainty);

/// A fact with where it is from. Where it is unknown the value means nothing.
template <typename Value>
struct Known {
  Value value{};
  Certainty certainty = Certainty::unknown;
  std::string_view source = {};

  bool is_known() const { return certainty != Certainty::unknown; }
  Value value_or(Value otherwise) const { return is_known() ? value : otherwise; }
};

struct RamRange {
  std::uint32_t first;
  std::uint32_t end;  ///< first byte behind it
};

/// What a ROM does otherwise than AN3156 says, or than others do.
enum class Quirk {
  starts_in_error,         ///< the first GETSTATUS says dfuERROR, errFIRMWARE
  leaves_without_answer,   ///< gone before it answers the GETSTATUS that ends the leave
  stays_busy_after_erase,  ///< dfuDNBUSY after an erase that is done, until CLRSTATUS comes twice
  stalls_while_busy,       ///< refuses GETSTATUS while it erases or programs
  hides_bootloader_id,     ///< its own id byte cannot be addressed
  reads_past_end,          ///< only checks where a read begins; one over the end of flash resets it
  has_no_read_unprotect,   ///< does not know the command 0x92
  names_more_flash,        ///< the layout of the largest part of the line, whatever it has
  hangs_after_leave,       ///< the program does not start before a reset
};
/// "leaves without an answer"
std::string to_string(Quirk quirk);

/// Where a chip's option bytes keep the level of read protection, and what they hold when it leaves
/// the factory.
struct OptionFacts {
  std::size_t protection_at = 0;
  std::span<const std::uint8_t> factory = {};  ///< of one area; empty when not known
};

/// What the ROM of one part shows and does in DFU mode.
struct RomFacts {
  std::string_view name;  ///< for `chip=` of virtual boards: "stm32h743"
  /// Names of the alternate settings, in their order, as the device sends them.
  Known<std::span<const std::string_view>> alternates = {};
  Known<std::string_view> product = {};
  Known<std::uint16_t> release = {};    ///< bcdDevice
  Known<std::string_view> serial = {};  ///< that all chips have; unknown: each has its own
  Known<std::uint16_t> transfer_size = {};
  Known<unsigned> erase_poll_ms = {};  ///< bwPollTimeout of an erase
  Known<unsigned> other_poll_ms = {};  ///< of setting the address and of writing
  Known<OptionFacts> options = {};
  Known<unsigned> erase_ms = {};              ///< what the largest sector takes at most
  Known<std::span<const RamRange>> ram = {};  ///< of this part, where Chip::ram is of several
  std::span<const Known<Quirk>> quirks = {};

  bool has(Quirk quirk) const;
};

/// One chip line whose ROM speaks USB DFU.
struct Chip {
  std::string_view line;
  std::string_view flash;  ///< its internal flash as in the layout string, blanks and zeros removed
  std::uint32_t bootloader_id_at;  ///< address of the id byte (AN2606 table 226); 0 when not known
  std::uint8_t bootloader_id;      ///< 0 when not known
  std::uint32_t program_unit;      ///< bytes that are programmed in one go, or not at all
  std::span<const RamRange> ram;   ///< where a stack can be, external memory included
  std::string_view manual;         ///< which documents flash, program unit and RAM: "RM0383"
  const RomFacts* rom = nullptr;   ///< none where nobody has told

  MemoryLayout layout() const;      ///< of its internal flash
  std::string layout_text() const;  ///< as a device may spell it
};
const std::vector<Chip>& known_chips();

}  // namespace sysboot
