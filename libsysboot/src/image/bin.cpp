// SPDX-License-Identifier: GPL-3.0-or-later
// Raw binaries: bytes that say nothing about where they go.
#include <fmt/core.h>

#include <algorithm>

#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::uint8_t erased = 0xFF;

bool recognizes(ByteView /*content*/) {
  return true;
}

void parse(const Source& source, Image& image) {
  const std::uint32_t start = source.address.value_or(flash_base);
  if (start % 4 != 0) {
    throw Error(Errc::usage, "address " + hex32(start) + " is not a multiple of 4");
  }
  if (start + std::uint64_t{source.content.size()} > std::uint64_t{1} << 32) {
    throw Error(Errc::usage, fmt::format("{} bytes at {} run past 0xFFFFFFFF",
                                         source.content.size(), hex32(start)));
  }
  image.segments = {{start, Bytes(source.content.begin(), source.content.end())}};
  image.is_address_assumed = !source.address;
}

// Gaps become what erased flash reads as.
Bytes encode(const Image& image) {
  const std::uint64_t size = image.segments.back().end() - image.start();
  if (size > largest_image) {
    throw Error(
        Errc::bad_image,
        fmt::format("{}-{} would be a raw binary of {}, of which {} are gaps (limit {})",
                    hex32(image.start()), hex32(image.segments.back().end() - 1), human_size(size),
                    human_size(size - image.size()), human_size(largest_image)));
  }
  Bytes file(static_cast<std::size_t>(size), erased);
  for (const Segment& segment : image.segments) {
    std::copy(segment.data.begin(), segment.data.end(),
              file.begin() + static_cast<std::ptrdiff_t>(segment.address - image.start()));
  }
  return file;
}

}  // namespace

const Format raw_binary{"bin", "raw binary", {".bin", ".img", ".raw"}, recognizes, parse, encode};

}  // namespace sysboot
