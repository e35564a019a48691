// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.hpp"
#include "format.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/image_file.hpp"

namespace sysboot {
std::span<const Format* const> image_format_table() {
  static constexpr std::array table = {&intel_hex, &s_record, &elf, &dfuse, &uf2, &raw_binary};
  return table;
}

const Format& image_format(std::string_view name) {
  for (const Format* format : image_format_table()) {
    if (format->name == name) return *format;
  }
  throw Error(Errc::usage, fmt::format("there is no image format '{}'", printable(name)));
}

std::vector<ImageFormat> image_formats() {
  std::vector<ImageFormat> formats;
  for (const Format* format : image_format_table()) {
    ImageFormat& entry = formats.emplace_back();
    entry.name = format->name;
    entry.title = format->title;
    entry.can_be_written = format->encode != nullptr;
    for (const std::string_view extension : format->extensions) {
      if (!extension.empty()) entry.extensions.push_back(extension);
    }
  }
  return formats;
}

std::optional<std::string_view> image_format_of(const std::filesystem::path& file) {
  const std::string extension = lower(to_text(file.extension()));
  for (const Format* format : image_format_table()) {
    const auto& known = format->extensions;
    if (!extension.empty() && std::find(known.begin(), known.end(), extension) != known.end()) {
      return format->name;
    }
  }
  return std::nullopt;
}

Bytes encode_image(const Image& image, std::string_view name) {
  const Format& format = image_format(name);
  if (format.encode == nullptr) {
    throw Error(Errc::usage, fmt::format("{} files can be read, but not written", format.title));
  }
  if (image.segments.empty()) throw Error(Errc::bad_image, "holds no data");
  if (image.size() > largest_image) {
    throw Error(Errc::bad_image, fmt::format("{} of data, more than any STM32 image (limit {})",
                                             human_size(image.size()), human_size(largest_image)));
  }
  return format.encode(image);
}

}  // namespace sysboot
