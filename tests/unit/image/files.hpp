// SPDX-License-Identifier: GPL-3.0-or-later
// Builds files byte by byte from what the formats' specifications say, with nothing of the library.
#pragma once

#include <numeric>
#include <string>
#include <string_view>

#include "sysboot/image.hpp"

namespace files {

using sysboot::Bytes;
using sysboot::ByteView;

inline ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline Bytes bytes(std::string_view text) {
  const ByteView all = view(text);
  return {all.begin(), all.end()};
}

/// 0, 1, 2, …
inline Bytes counting(std::size_t size, std::uint8_t from = 0) {
  Bytes out(size);
  std::iota(out.begin(), out.end(), from);
  return out;
}

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

template <typename Number>
Bytes little_endian(Number value) {
  Bytes out;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> 8 * i));
  }
  return out;
}
inline Bytes word(std::uint16_t value) {
  return little_endian(value);
}
inline Bytes long_word(std::uint32_t value) {
  return little_endian(value);
}

inline std::string hex(const Bytes& content) {
  std::string out;
  for (const std::uint8_t byte : content) {
    out += "0123456789ABCDEF"[byte / 16];
    out += "0123456789ABCDEF"[byte % 16];
  }
  return out;
}

inline std::uint8_t sum(const Bytes& content) {
  return static_cast<std::uint8_t>(std::accumulate(content.begin(), content.end(), 0));
}

/// ":LLAAAATT…CC\n"
inline std::string hex_record(std::uint8_t type, std::uint16_t offset, const Bytes& data) {
  Bytes record = {static_cast<std::uint8_t>(data.size()), static_cast<std::uint8_t>(offset >> 8),
                  static_cast<std::uint8_t>(offset), type};
  record = record + data;
  record.push_back(static_cast<std::uint8_t>(256 - sum(record)));
  return ":" + hex(record) + "\n";
}
inline constexpr const char* hex_end = ":00000001FF\n";

/// "S3CCAAAAAAAA…SS\n"
inline std::string s_record(int type, std::size_t address_size, std::uint32_t address,
                            const Bytes& data = {}) {
  Bytes record = {static_cast<std::uint8_t>(address_size + data.size() + 1)};
  for (std::size_t i = address_size; i-- > 0;) {
    record.push_back(static_cast<std::uint8_t>(address >> 8 * i));
  }
  record = record + data;
  record.push_back(static_cast<std::uint8_t>(255 - sum(record)));
  return "S" + std::to_string(type) + hex(record) + "\n";
}

/// Bit by bit, as DFU 1.1 describes it.
inline std::uint32_t crc(const Bytes& content) {
  std::uint32_t value = 0xFFFFFFFF;
  for (const std::uint8_t byte : content) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool one = ((value ^ byte >> bit) & 1) != 0;
      value = value >> 1 ^ (one ? 0xEDB88320 : 0);
    }
  }
  return value;
}

inline Bytes with_suffix(Bytes content, std::uint16_t version, std::uint16_t vendor = 0x0483,
                         std::uint16_t product = 0xDF11) {
  content = content + word(0xFFFF) + word(product) + word(vendor) + word(version) + bytes("UFD") +
            Bytes{16};
  return content + long_word(crc(content));
}

}  // namespace files
