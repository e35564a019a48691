// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace sysboot {
namespace {

// How many bytes the UTF-8 sequence at the start of `text` has; 0 when it is not well-formed.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t count) {
    if (text.size() <= count) return false;
    for (std::size_t i = 1; i <= count; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xC2 && byte(0) <= 0xDF && continues(1)) return 2;
  if (byte(0) >= 0xE0 && byte(0) <= 0xEF && continues(2)) {
    const bool overlong = byte(0) == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (byte(0) >= 0xF0 && byte(0) <= 0xF4 && continues(3)) {
    const bool overlong = byte(0) == 0xF0 && byte(1) < 0x90;
    const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

// What a well-formed sequence stands for.
char32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  char32_t value = first & (0x7FU >> sequence.size());
  for (const char c : sequence.substr(1))
    value = value << 6 | (static_cast<unsigned char>(c) & 0x3F);
  return value;
}

struct Range {
  char32_t first;
  char32_t last;
};
constexpr std::array<Range, 8> unsafe = {{{0x00, 0x1F},
                                          {0x7F, 0x9F},
                                          {0x061C, 0x061C},
                                          {0x200B, 0x200B},
                                          {0x200E, 0x200F},
                                          {0x2028, 0x202E},
                                          {0x2066, 0x2069},
                                          {0xFEFF, 0xFEFF}}};

bool is_safe(char32_t c) {
  return std::none_of(unsafe.begin(), unsafe.end(),
                      [c](const Range& range) { return range.first <= c && c <= range.last; });
}

// `replaced` tells what stands for a character that is not safe, or for a byte that is no UTF-8.
template <typename Replaced>
std::string with_replaced(std::string_view text, Replaced replaced) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const std::string_view sequence = text.substr(0, length);
    const bool is_utf8 = utf8_length(text) > 0;
    const char32_t c = is_utf8 ? code_point(sequence) : U'\0';
    if (is_safe(c)) {
      out += sequence;
    } else {
      out += replaced(c);
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  return with_replaced(text, [](char32_t /*c*/) { return '?'; });
}

std::string printable_lines(std::string_view text) {
  return with_replaced(
      text, [](char32_t c) { return c == U'\n' || c == U'\t' ? static_cast<char>(c) : '?'; });
}

// JSON's own text is ASCII: all of these are in strings. None of them has more than 16 bits.
std::string printable_json(std::string_view json) {
  return with_replaced(
      json, [](char32_t c) { return fmt::format("\\u{:04x}", static_cast<unsigned>(c)); });
}

}  // namespace sysboot
