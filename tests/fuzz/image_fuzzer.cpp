// SPDX-License-Identifier: GPL-3.0-or-later
// A whole file: recognizing it, its DFU suffix, parsing it; then writing it in every format and
// reading that back.
#include <algorithm>

#include "fuzzing.hpp"
#include "image/vector_table.hpp"

namespace {

using fuzzing::require;
using sysboot::Image;

bool holds(const Image& image, const sysboot::Segment& wanted) {
  return std::any_of(image.segments.begin(), image.segments.end(), [&](const auto& segment) {
    return wanted.address >= segment.address && wanted.end() <= segment.end() &&
           std::equal(wanted.data.begin(), wanted.data.end(),
                      segment.data.begin() + (wanted.address - segment.address));
  });
}

void check_same(const Image& image, const Image& back) {
  if (back.format == "bin" || back.format == "uf2") {  // which fill up what lies between
    for (const auto& segment : image.segments) require(holds(back, segment), "bytes come back");
    return;
  }
  require(back.segments == image.segments, "segments come back");
  if (back.format == "dfu") {
    require(back.other_targets == image.other_targets, "other targets come back");
  } else {
    require(back.entry == image.entry, "the entry comes back");
  }
}

void check_round_trip(const Image& image, const sysboot::ImageFormat& format) {
  if (format.name == "bin") {
    // Any bytes may be in a raw binary, even another format's; and its address is a multiple of 4.
    const std::uint64_t span = image.segments.back().end() - image.start();
    if (span > 64 * 1024) return;
    const sysboot::Bytes file = encode_image(image, format.name);
    require(file.size() == span, "a raw binary reaches from the first byte to the last");
    return;
  }
  const Image back = sysboot::parse_image(encode_image(image, format.name));
  fuzzing::check_image(back);
  require(back.format == format.name, "what is written is recognized");
  check_same(image, back);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::optional<Image> image;
  try {
    image = sysboot::parse_image({data, size});
  } catch (const sysboot::Error& error) {
    fuzzing::check_error(error);
    return 0;
  }
  fuzzing::check_image(*image);
  (void)vector_table_problem(*image);
  for (const sysboot::ImageFormat& format : sysboot::image_formats()) {
    if (format.can_be_written) check_round_trip(*image, format);
  }
  return 0;
}
