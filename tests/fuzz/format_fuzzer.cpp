// SPDX-License-Identifier: GPL-3.0-or-later
// One parser of an image format (FUZZED_FORMAT), behind the checks that would hide it: the DFU
// suffix with its CRC, and the size of a DfuSe file.
#include <algorithm>

#include "fuzzing.hpp"
#include "image/bytes.hpp"
#include "image/format.hpp"

namespace {

constexpr std::size_t dfuse_size_at = 6;

// Otherwise no change of length would get any further.
void repair_size(sysboot::Bytes& content) {
  if (content.size() < dfuse_size_at + 4) return;
  sysboot::Bytes field;
  sysboot::append_long_word(field, static_cast<std::uint32_t>(content.size()));
  std::copy(field.begin(), field.end(), content.begin() + dfuse_size_at);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sysboot::Format& format = sysboot::FUZZED_FORMAT;
  sysboot::Bytes content(data, data + size);
  if (!format.recognizes(content)) return -1;
  std::optional<sysboot::DfuSuffix> suffix;
  if (&format == &sysboot::dfuse) {
    repair_size(content);
    suffix.emplace().version = sysboot::DfuSuffix::dfuse_version;
  }
  try {
    sysboot::Image image;
    format.parse({content, {}, suffix}, image);
    if (!image.segments.empty()) fuzzing::check_image(image);
  } catch (const sysboot::Error& error) {
    fuzzing::check_error(error);
  }
  return 0;
}
