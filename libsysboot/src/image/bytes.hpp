// SPDX-License-Identifier: GPL-3.0-or-later
// Taking byte strings apart and putting them together. Numbers are stored as most image formats
// have them: least significant byte first.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

/// The caller has checked that they are inside.
inline std::uint16_t word_at(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}
inline std::uint32_t long_word_at(ByteView bytes, std::size_t at) {
  return std::uint32_t{word_at(bytes, at)} | std::uint32_t{word_at(bytes, at + 2)} << 16;
}

inline bool starts_with(ByteView bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()), text.size()) == text;
}

inline void append_word(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8));
}
inline void append_long_word(Bytes& out, std::uint32_t value) {
  append_word(out, static_cast<std::uint16_t>(value));
  append_word(out, static_cast<std::uint16_t>(value >> 16));
}
inline void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
inline void append_text(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace sysboot
