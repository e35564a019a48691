// SPDX-License-Identifier: GPL-3.0-or-later
// Words for people from counts, lists and bytes.
#pragma once

#include <utility>

#include "sysboot/types.hpp"

namespace sysboot {

/// "1 sector", "0 sectors", "12 sectors"; `what` is one of them.
std::string counted(std::uint64_t count, std::string_view what);

/// "2a 00 ff"
std::string hex_bytes(ByteView bytes, std::string_view between = " ");

/// "a, b, c" of a range of strings, with ", " between them.
template <typename Range>
std::string joined(const Range& parts, std::string_view between = ", ") {
  std::string text;
  bool is_first = true;
  for (const auto& part : parts) {
    if (!std::exchange(is_first, false)) text += between;
    text += part;
  }
  return text;
}

}  // namespace sysboot
