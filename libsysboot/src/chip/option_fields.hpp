// SPDX-License-Identifier: GPL-3.0-or-later
// What option bytes mean, chip by chip.
#pragma once

#include "sysboot/device.hpp"

namespace sysboot {

/// Pure. The settings in the option bytes of an F401, F405, F407, F411, F412, F413, F42x, F43x or
/// F446, and what starts a G474 after a reset; none when it may be a chip that packs them
/// otherwise, or when a G4's words are not followed by their complements.
std::vector<OptionField> decode_option_bytes(ByteView bytes, const ChipGuess& chip);
/// Which bits hold settings: the others need not read back as they were written. All ones where
/// decode_option_bytes does not know them all.
Bytes option_bits(std::size_t size, const ChipGuess& chip);

/// With the first sector write-protected, or not: bit 0 of nWRP. None where these settings are not
/// known, and with SPRMOD, by which the bit means something else.
std::optional<Bytes> protect_first_sector(ByteView bytes, const ChipGuess& chip, bool is_protected);

}  // namespace sysboot
