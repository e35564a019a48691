// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "foreign.hpp"
#include "format.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/image_file.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

void check_file(const fs::path& file) {
  std::error_code code;
  const fs::file_status status = fs::status(file, code);
  if (status.type() == fs::file_type::not_found) throw Error(Errc::no_input, "no such file");
  if (code) throw Error(Errc::no_input, "cannot be read: " + code.message());
  if (fs::is_directory(status)) throw Error(Errc::no_input, "is a directory");
  if (!fs::is_regular_file(status)) return;
  const std::uintmax_t size = fs::file_size(file, code);
  if (!code && size > largest_image) {
    throw Error(Errc::bad_image, fmt::format("has {}, more than any STM32 image (limit {})",
                                             human_size(size), human_size(largest_image)));
  }
}

Bytes read_file(const fs::path& file) {
  check_file(file);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(Errc::no_input, std::string("cannot be read: ") + std::strerror(errno));
  Bytes content;
  std::array<char, 65536> chunk{};
  while (in.read(chunk.data(), chunk.size()) || in.gcount() > 0) {
    content.insert(content.end(), chunk.data(), chunk.data() + in.gcount());
    if (content.size() > largest_image) {
      throw Error(Errc::bad_image, "is larger than " + human_size(largest_image));
    }
  }
  if (in.bad()) throw Error(Errc::no_input, std::string("cannot be read: ") + std::strerror(errno));
  return content;
}

const Format& format_of(ByteView content) {
  const auto table = image_format_table();
  return **std::find_if(table.begin(), table.end(),
                        [&](const Format* format) { return format->recognizes(content); });
}

// The suffix announces a format that the content is not.
void check_announced(const DfuSuffix& suffix, const Format& format) {
  if (suffix.version != DfuSuffix::dfuse_version || &format == &dfuse) return;
  throw Error(Errc::bad_image,
              fmt::format("the DFU suffix says DFU version 0x{:04X}, a DfuSe file, but its first "
                          "bytes are not \"DfuSe\"",
                          suffix.version));
}

// A raw binary is what nothing else recognizes; so it must be nothing else, by all that is known.
void check_raw(ByteView content, const std::optional<DfuSuffix>& suffix, const Format& announced) {
  if (const std::string foreign = foreign_content(content); !foreign.empty()) {
    throw Error(Errc::bad_image, "is no firmware, but " + foreign);
  }
  // A raw binary with a DFU suffix is called .dfu by many.
  if (&announced == &raw_binary || (&announced == &dfuse && suffix)) return;
  const ByteView head = content.first(std::min<std::size_t>(content.size(), 8));
  throw Error(Errc::bad_image, fmt::format("is no {} file, as its name says: it begins with {}",
                                           announced.title, hex_bytes(head)));
}

Image parse(ByteView content, std::optional<std::uint32_t> address, const Format& announced) {
  if (content.empty()) throw Error(Errc::bad_image, "is empty");
  const auto suffix = take_dfu_suffix(content);
  if (content.empty()) throw Error(Errc::bad_image, "holds nothing but a DFU suffix");
  const Format& format = format_of(content);
  if (suffix) check_announced(*suffix, format);
  if (&format == &raw_binary) check_raw(content, suffix, announced);
  if (address && &format != &raw_binary) {
    throw Error(Errc::usage, fmt::format("is {}, which says itself where it goes; an address is "
                                         "for raw binaries",
                                         format.title));
  }
  Image image;
  image.format = format.name;
  if (suffix) image.made_for = {suffix->vendor, suffix->product};
  format.parse({content, address, suffix}, image);
  if (image.segments.empty()) throw Error(Errc::bad_image, "holds no data");
  return image;
}

}  // namespace

Image parse_image(ByteView content, std::optional<std::uint32_t> address) {
  return parse(content, address, raw_binary);
}

Image load_image(const fs::path& file, std::optional<std::uint32_t> address) {
  try {
    const std::string_view announced = image_format_of(file).value_or(raw_binary.name);
    Image image = parse(read_file(file), address, image_format(announced));
    image.name = to_text(file.filename());
    return image;
  } catch (const Error& error) {
    throw error.at(to_text(file));
  }
}

std::uint64_t Image::size() const {
  std::uint64_t total = 0;
  for (const auto& segment : segments) total += segment.data.size();
  return total;
}

}  // namespace sysboot
