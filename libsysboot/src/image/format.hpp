// SPDX-License-Identifier: GPL-3.0-or-later
// What an image format has to offer. One format a file; the table that lists them is in load.cpp.
#pragma once

#include "sysboot/image.hpp"

namespace sysboot {

struct Format {
  std::string_view name;
  /// Looks at the content only; file names lie.
  bool (*recognizes)(ByteView content);
  /// Fills image.segments. `address` is what the user gave. Errors: bad_image, usage.
  void (*parse)(ByteView content, std::optional<std::uint32_t> address, Image& image);
};

extern const Format raw_binary;  // recognizes everything, so it comes last

/// A DFU 1.1 file suffix (appendix B): taken off the end of `content` when there is one, and its
/// ids noted in `image`. Error: bad_image when its CRC is wrong.
ByteView strip_dfu_suffix(ByteView content, Image& image);

/// CRC-32 as the DFU suffix has it: polynomial 0xEDB88320, initial value and no final exclusive or.
std::uint32_t dfu_crc32(ByteView bytes);

}  // namespace sysboot
