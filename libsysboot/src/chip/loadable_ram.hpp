// SPDX-License-Identifier: GPL-3.0-or-later
// Into which RAM the ROM of a chip takes a program that it then starts.
#pragma once

#include "chip.hpp"

namespace sysboot {

/// How it is known that a ROM takes programs into RAM; which RAM it needs for itself is in AN2606,
/// in the table on each line.
enum class RamEvidence {
  documented,  ///< AN3156: hosts may write and read RAM, and leave to it
  reported,    ///< a product is loaded in this way
  executed,    ///< code of this ROM, run on an emulated chip, did it
};

/// One row for each line whose ROM is known to do it.
struct LoadableRam {
  std::string_view line;  ///< what Chip::line begins with
  RamRange range;         ///< behind what the ROM needs, in one piece
  RamEvidence evidence;
};
std::span<const LoadableRam> loadable_ram();
/// None: nothing is known of it.
const LoadableRam* loadable_ram(const Chip& chip);

/// What all of these have: chips that cannot be told apart are only given what each of them takes.
/// None, where nothing is known of one of them; and for none.
std::optional<RamRange> common_loadable_ram(const std::vector<Chip>& chips);

/// Vector tables of these lines are at multiples of it (VTOR: PM0056 section 4.4.4, PM0214 section
/// 4.4.4; PM0253: rounded up from up to 126 entries).
inline constexpr std::uint32_t ram_table_alignment = 512;

}  // namespace sysboot
