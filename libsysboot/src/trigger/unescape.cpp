// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ascii.hpp"
#include "sysboot/error.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

constexpr std::size_t digits_in_octal = 3;

[[noreturn]] void bad_escape(std::string_view text, std::size_t at) {
  throw Error(Errc::usage, "text \"" + printable(text) + "\": unknown escape at character " +
                               std::to_string(at + 1));
}

// Reads the escape whose letter is at text[at]; leaves `at` on its last character.
std::uint8_t escape(std::string_view text, std::size_t& at) {
  switch (text[at]) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case 'e': return 0x1B;
    case '\\':
    case '"':
    case '\'': return static_cast<std::uint8_t>(text[at]);
    case 'x': {
      if (at + 2 >= text.size()) bad_escape(text, at);
      const int high = hex_digit(text[at + 1]);
      const int low = hex_digit(text[at + 2]);
      if (high < 0 || low < 0) bad_escape(text, at);
      at += 2;
      return static_cast<std::uint8_t>(high * 16 + low);
    }
    default: break;
  }
  unsigned value = 0;
  std::size_t digits = 0;
  for (; digits < digits_in_octal && at + digits < text.size(); ++digits) {
    const char c = text[at + digits];
    if (c < '0' || c > '7') break;
    value = value * 8 + static_cast<unsigned>(c - '0');
  }
  if (digits == 0 || value > 0xFF) bad_escape(text, at);
  at += digits - 1;
  return static_cast<std::uint8_t>(value);
}

}  // namespace

Bytes unescape(std::string_view text) {
  Bytes bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes.push_back(static_cast<std::uint8_t>(text[at]));
      continue;
    }
    if (++at == text.size()) bad_escape(text, at - 1);
    bytes.push_back(escape(text, at));
  }
  return bytes;
}

}  // namespace sysboot
