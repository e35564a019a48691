// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>

#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// DFU 1.1 table B.1, offsets from the start of the suffix.
constexpr std::size_t suffix_size = 16;
constexpr std::size_t product_at = 2;
constexpr std::size_t vendor_at = 4;
constexpr std::size_t signature_at = 8;
constexpr std::size_t length_at = 11;
constexpr std::size_t crc_at = 12;

std::uint16_t word(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

std::uint32_t long_word(ByteView bytes, std::size_t at) {
  return std::uint32_t{word(bytes, at)} | std::uint32_t{word(bytes, at + 2)} << 16;
}

bool has_signature(ByteView suffix) {
  return suffix[signature_at] == 'U' && suffix[signature_at + 1] == 'F' &&
         suffix[signature_at + 2] == 'D' && suffix[length_at] == suffix_size;
}

}  // namespace

std::uint32_t dfu_crc32(ByteView bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xEDB88320U : 0);
      entries[i] = value;
    }
    return entries;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF];
  return crc;
}

ByteView strip_dfu_suffix(ByteView content, Image& image) {
  if (content.size() < suffix_size) return content;
  const ByteView suffix = content.last(suffix_size);
  if (!has_signature(suffix)) return content;
  const std::uint32_t stored = long_word(suffix, crc_at);
  const std::uint32_t computed = dfu_crc32(content.first(content.size() - 4));
  if (stored != computed) {
    throw Error(Errc::bad_image,
                fmt::format("the DFU suffix says CRC 0x{:08X}, but the file has 0x{:08X}: it is "
                            "damaged or was changed after the suffix was added",
                            stored, computed));
  }
  image.made_for = {word(suffix, vendor_at), word(suffix, product_at)};
  return content.first(content.size() - suffix_size);
}

}  // namespace sysboot
