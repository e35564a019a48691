// SPDX-License-Identifier: GPL-3.0-or-later
// Letters of ASCII, whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace sysboot {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

inline std::string lower(std::string_view text) {
  std::string all(text);
  for (char& c : all) c = lower(c);
  return all;
}
inline std::string upper(std::string_view text) {
  std::string all(text);
  for (char& c : all) c = upper(c);
  return all;
}

inline bool equal_in_any_case(std::string_view a, std::string_view b) {
  return lower(a) == lower(b);
}

/// -1 where it is none.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace sysboot
