// SPDX-License-Identifier: GPL-3.0-or-later
// Images that something else than the chip starts, told by their headers and signatures.
#include "wrapped.hpp"

#include "bytes.hpp"
#include "sysboot/image.hpp"

namespace sysboot {
namespace {

// MCUboot, boot/bootutil/include/bootutil/image.h: struct image_header.
constexpr std::uint32_t mcuboot_magic = 0x96F3B83D;
constexpr std::size_t mcuboot_header = 32;
constexpr std::size_t mcuboot_header_size_at = 8;

// AN5185: who signed it, last of all; in front of that the size of the signature. All 56 files of
// STM32CubeWB (January 2026) end so.
constexpr std::uint32_t signed_by_st = 0xD3A12C5E;
constexpr std::uint32_t signed_by_customer = 0xE2B51D4A;
constexpr std::size_t signature_footer = 20;
constexpr std::size_t signature_size_from_end = 12;
constexpr std::uint8_t signature_size = 64;

}  // namespace

bool is_mcuboot_image(ByteView content) {
  return content.size() >= mcuboot_header && long_word_at(content, 0) == mcuboot_magic &&
         word_at(content, mcuboot_header_size_at) >= mcuboot_header;
}

bool is_wireless_firmware(ByteView content) {
  if (content.size() < 2 * signature_footer + signature_size) return false;
  const std::uint32_t signer = long_word_at(content, content.size() - 4);
  return (signer == signed_by_st || signer == signed_by_customer) &&
         content[content.size() - signature_size_from_end] == signature_size;
}

}  // namespace sysboot
