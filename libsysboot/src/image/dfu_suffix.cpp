// SPDX-License-Identifier: GPL-3.0-or-later
// The suffix that any firmware file may carry so that it is not flashed to the wrong device.
#include <fmt/core.h>

#include <array>

#include "bytes.hpp"
#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// DFU 1.1 table B.1, offsets from the start of the suffix.
constexpr std::size_t product_at = 2;
constexpr std::size_t vendor_at = 4;
constexpr std::size_t version_at = 6;
constexpr std::size_t signature_at = 8;
constexpr std::size_t length_at = 11;
constexpr std::size_t crc_at = 12;
constexpr std::string_view signature = "UFD";

bool has_signature(ByteView suffix) {
  return starts_with(suffix.subspan(signature_at), signature) &&
         suffix[length_at] == DfuSuffix::size;
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

std::optional<DfuSuffix> take_dfu_suffix(ByteView& content) {
  if (content.size() < DfuSuffix::size) return std::nullopt;
  const ByteView suffix = content.last(DfuSuffix::size);
  if (!has_signature(suffix)) return std::nullopt;
  const std::uint32_t stored = long_word_at(suffix, crc_at);
  const std::uint32_t computed = dfu_crc32(content.first(content.size() - 4));
  if (stored != computed) {
    throw Error(Errc::bad_image,
                fmt::format("the DFU suffix says CRC 0x{:08X}, but the file has 0x{:08X}: it is "
                            "damaged or was changed after the suffix was added",
                            stored, computed));
  }
  content = content.first(content.size() - DfuSuffix::size);
  return DfuSuffix{word_at(suffix, 0), word_at(suffix, product_at), word_at(suffix, vendor_at),
                   word_at(suffix, version_at)};
}

void append_dfu_suffix(Bytes& file, const DfuSuffix& suffix) {
  append_word(file, suffix.device);
  append_word(file, suffix.product);
  append_word(file, suffix.vendor);
  append_word(file, suffix.version);
  append_text(file, signature);
  file.push_back(DfuSuffix::size);
  append_long_word(file, dfu_crc32(file));
}

}  // namespace sysboot
