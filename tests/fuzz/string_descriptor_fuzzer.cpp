// SPDX-License-Identifier: GPL-3.0-or-later
// String descriptors.
#include <algorithm>

#include "dfuse/descriptors.hpp"
#include "fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = sysboot::parse_string_descriptor({data, size});
  fuzzing::require(text.size() <= 3 * size, "UTF-16 becomes at most half as long again");
  fuzzing::require(text.find('\0') == text.npos, "a string ends at its first 0");
  const bool has_controls = sysboot::printable(text) != text;
  const auto controls = [](unsigned char c) {  // or how one of those beyond ASCII begins
    return c < 0x20 || c == 0x7F || c == 0xC2 || c == 0xD8 || c == 0xE2 || c == 0xEF;
  };
  fuzzing::require(!has_controls || std::any_of(text.begin(), text.end(), controls),
                   "it is valid UTF-8, of which printable() only replaces control characters");
  return 0;
}
