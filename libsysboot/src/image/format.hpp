// SPDX-License-Identifier: GPL-3.0-or-later
// What an image format has to offer. One format a file; the table that lists them is in
// formats.cpp.
#pragma once

#include <array>
#include <span>

#include "sysboot/image.hpp"

namespace sysboot {

/// Limit of a file, and of the data in it. Far above any STM32's memories (4 MiB of flash, 32 MiB
/// of text for it), far below trouble.
inline constexpr std::uint64_t largest_image = 64 * 1024 * 1024;

/// A DFU file suffix (DFU 1.1, table B.1), without what is only there to check it.
struct DfuSuffix {
  static constexpr std::size_t size = 16;
  static constexpr std::uint16_t dfuse_version = 0x011A;  ///< UM0391, section 2.2

  std::uint16_t device = 0xFFFF;  ///< bcdDevice; 0xFFFF is any, here and below
  std::uint16_t product = 0xFFFF;
  std::uint16_t vendor = 0xFFFF;
  std::uint16_t version = 0x0100;  ///< bcdDFU
};

/// What a parser gets.
struct Source {
  ByteView content;                      ///< without a DFU suffix
  std::optional<std::uint32_t> address;  ///< what the user gave; only raw binaries get one
  std::optional<DfuSuffix> suffix;       ///< what was cut off `content`
};

struct Format {
  std::string_view name;                       ///< "hex"
  std::string_view title;                      ///< "Intel HEX"
  std::array<std::string_view, 6> extensions;  ///< of file names, ".hex" first; the rest is empty
  /// Looks at the content only; file names lie. Nothing that is recognized as one of the formats
  /// with addresses could start as a program: the signatures are no initial stack pointers.
  bool (*recognizes)(ByteView content);
  /// Fills the image, all but name, format and made_for. Errors: bad_image, naming the line or
  /// byte; usage.
  void (*parse)(const Source& source, Image& image);
  /// The bytes of a file; none where writing is not supported. Error: bad_image.
  Bytes (*encode)(const Image& image);
};

extern const Format intel_hex;
extern const Format s_record;
extern const Format elf;
extern const Format dfuse;
extern const Format uf2;
extern const Format raw_binary;  // recognizes everything, so it comes last

/// All of them, in the order in which they are asked whether they recognize something.
std::span<const Format* const> image_format_table();
/// Error: usage, when there is none of this name.
const Format& image_format(std::string_view name);

/// Takes a DFU suffix off the end of `content` when there is one. Error: bad_image when its CRC is
/// wrong.
std::optional<DfuSuffix> take_dfu_suffix(ByteView& content);
/// Adds one, with the CRC of everything before it.
void append_dfu_suffix(Bytes& file, const DfuSuffix& suffix);

/// CRC-32 as the DFU suffix has it: polynomial 0xEDB88320, initial value 0xFFFFFFFF and no final
/// exclusive or (DFU 1.1, appendix B).
std::uint32_t dfu_crc32(ByteView bytes);

}  // namespace sysboot
