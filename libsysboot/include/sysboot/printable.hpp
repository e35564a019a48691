// SPDX-License-Identifier: GPL-3.0-or-later
// Text that others chose (devices, files, programs, the environment), made safe for a terminal.
//
// Not safe are control characters (C0, DEL, C1), among them the escape sequences that move the
// cursor or ask the terminal to type; characters that turn the direction of what follows or cannot
// be seen (U+061C, U+200B, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF: Unicode
// UTR 36, section 2.9; joiners stay, because some scripts need them); and bytes that are no UTF-8.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

// printable() in types.hpp replaces each of them by '?', so that a name stays on its line.

/// The same for text that has lines: \n and \t stay.
std::string printable_lines(std::string_view text);

/// The same for JSON, which keeps what it says: they become \u escapes. `json` must be UTF-8.
std::string printable_json(std::string_view json);

}  // namespace sysboot
