// SPDX-License-Identifier: GPL-3.0-or-later
// Raw binaries: bytes that say nothing about where they go.
#include <fmt/format.h>

#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

bool recognizes(ByteView /*content*/) {
  return true;
}

void parse(ByteView content, std::optional<std::uint32_t> address, Image& image) {
  const std::uint32_t start = address.value_or(flash_base);
  if (start % 4 != 0) {
    throw Error(Errc::usage, "address " + hex32(start) + " is not a multiple of 4");
  }
  if (start + std::uint64_t{content.size()} > std::uint64_t{1} << 32) {
    throw Error(Errc::usage,
                fmt::format("{} bytes at {} run past 0xFFFFFFFF", content.size(), hex32(start)));
  }
  image.segments = {{start, Bytes(content.begin(), content.end())}};
}

}  // namespace

const Format raw_binary{"bin", recognizes, parse};

}  // namespace sysboot
