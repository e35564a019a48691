// SPDX-License-Identifier: GPL-3.0-or-later
// Words for people: from counts, lists and bytes, and from what others chose.
#pragma once

#include <utility>

#include "sysboot/types.hpp"

namespace sysboot {

/// "1 sector", "0 sectors", "12 sectors"; `what` is one of them.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view what);

/// "2a 00 ff"
[[nodiscard]] std::string hex_bytes(ByteView bytes, std::string_view between = " ");

/// "a, b, c" of a range of strings, with ", " between them.
template <typename Range>
[[nodiscard]] std::string joined(const Range& parts, std::string_view between = ", ") {
  std::string text;
  bool is_first = true;
  for (const auto& part : parts) {
    if (!std::exchange(is_first, false)) text += between;
    text += part;
  }
  return text;
}

// Text that others chose (devices, files, programs, the environment), made safe for a terminal.
//
// Not safe are control characters (C0, DEL, C1), among them the escape sequences that move the
// cursor or ask the terminal to type; characters that turn the direction of what follows or cannot
// be seen (U+061C, U+200B, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF: Unicode
// UTR 36, section 2.9; joiners stay, because some scripts need them); and bytes that are no UTF-8.

// printable() in types.hpp replaces each of them by '?', so that a name stays on its line.

/// The same for text that has lines: `\n` and `\t` stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// The same for JSON, which keeps what it says: they become `\u` escapes. `json` must be UTF-8.
[[nodiscard]] std::string printable_json(std::string_view json);

}  // namespace sysboot
