// SPDX-License-Identifier: GPL-3.0-or-later
// The memory layout that a DfuSe device encodes in the name of each alternate setting.
#pragma once

#include <optional>

#include "sysboot/types.hpp"

namespace sysboot {

/// Where STM32 internal flash starts on every line (AN2606, memory maps).
inline constexpr std::uint32_t flash_base = 0x08000000;

/// What may be done with a sector: UM0424 section 4.3.2, the letters a to g as three bits.
struct Access {
  bool readable = false;
  bool erasable = false;
  bool writable = false;

  static Access from_letter(char letter);
  std::string describe() const;  ///< "rew", "r--"
  bool operator==(const Access&) const = default;
};

/// The unit of erasing.
struct Sector {
  std::uint32_t address = 0;
  std::uint32_t size = 0;  ///< bytes, never 0
  Access access;

  std::uint64_t end() const { return std::uint64_t{address} + size; }  ///< first byte behind it
  bool operator==(const Sector&) const = default;
};

/// Equal sectors in a row, as one element of the string describes them.
struct SectorRun {
  std::uint32_t address = 0;
  std::uint32_t count = 0;
  std::uint32_t sector_size = 0;
  Access access;

  std::uint64_t size() const { return std::uint64_t{count} * sector_size; }
  std::uint64_t end() const { return address + size(); }
  bool operator==(const SectorRun&) const = default;
};

struct MemoryLayout {
  std::string name;             ///< "Internal Flash"
  std::vector<SectorRun> runs;  ///< never empty, in the order of the string

  std::uint64_t size() const;
  std::uint64_t sector_count() const;
  std::vector<Sector> sectors() const;  ///< all of them, in the order of the string
  std::optional<Sector> sector_at(std::uint64_t address) const;
  /// The first byte behind the memory that goes on without a gap from `address`; `address` itself
  /// when it is not in the layout.
  std::uint64_t contiguous_end(std::uint64_t address) const;
  /// "0x08000000-0x0807FFFF"; several, with commas, where there are gaps.
  std::string describe() const;
  bool operator==(const MemoryLayout&) const = default;
};

/// Bytes of flash in a row.
struct FlashRange {
  std::uint32_t address = 0;
  std::uint32_t size = 0;  ///< never 0

  std::uint64_t end() const { return std::uint64_t{address} + size; }  ///< first byte behind it
  std::string describe() const;  ///< "0x08000000-0x08001FFF, 8192 bytes"
  bool operator==(const FlashRange&) const = default;
};

// What a device may claim, so that a string of 40 characters cannot take all memory. The largest
// flash of an STM32 has 4 MiB, the largest sector 256 KiB; memories beside it have 64 MiB (QSPI).
inline constexpr std::uint64_t largest_layout = 64 * 1024 * 1024;
inline constexpr std::uint64_t most_sectors = 65536;
inline constexpr std::uint64_t largest_sector = 1024 * 1024;

/// What the ROM of an STM32F411xE says of its flash (measured on a Black Pill).
inline constexpr std::string_view f411_flash =
    "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg";

/// Parses "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg".
/// Accepts what real devices send (any number of zeros and blanks, a missing unit, ".e", several
/// address groups). Error: protocol, naming the position, for anything else: missing parts, counts
/// or sizes of 0, sizes beyond 32 bits, memory that wraps past 0xFFFFFFFF or overlaps itself, and
/// more than largest_layout, most_sectors or largest_sector.
[[nodiscard]] MemoryLayout parse_layout(std::string_view text);

}  // namespace sysboot
