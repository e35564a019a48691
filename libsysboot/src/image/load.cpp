// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

// The first that recognizes the content wins.
constexpr std::array formats = {&raw_binary};

// Far above any STM32's memories (4 MiB of flash, 32 MiB of text for it), far below trouble.
constexpr std::uintmax_t largest_file = 64 * 1024 * 1024;

void check_file(const fs::path& file) {
  std::error_code code;
  const fs::file_status status = fs::status(file, code);
  if (status.type() == fs::file_type::not_found) throw Error(Errc::no_input, "no such file");
  if (code) throw Error(Errc::no_input, "cannot be read: " + code.message());
  if (fs::is_directory(status)) throw Error(Errc::no_input, "is a directory");
  if (!fs::is_regular_file(status)) return;
  const std::uintmax_t size = fs::file_size(file, code);
  if (!code && size > largest_file) {
    throw Error(Errc::bad_image, fmt::format("has {}, more than any STM32 image (limit {})",
                                             human_size(size), human_size(largest_file)));
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
    if (content.size() > largest_file) {
      throw Error(Errc::bad_image, "is larger than " + human_size(largest_file));
    }
  }
  if (in.bad()) throw Error(Errc::no_input, std::string("cannot be read: ") + std::strerror(errno));
  if (content.empty()) throw Error(Errc::bad_image, "is empty");
  return content;
}

Image parse(const fs::path& file, std::optional<std::uint32_t> address) {
  const Bytes content = read_file(file);
  Image image;
  image.name = file.filename().string();
  const ByteView body = strip_dfu_suffix(content, image);
  if (body.empty()) throw Error(Errc::bad_image, "holds nothing but a DFU suffix");
  for (const Format* format : formats) {
    if (!format->recognizes(body)) continue;
    image.format = format->name;
    format->parse(body, address, image);
    break;
  }
  return image;
}

}  // namespace

Image load_image(const fs::path& file, std::optional<std::uint32_t> address) {
  try {
    return parse(file, address);
  } catch (const Error& error) {
    throw error.at(file.string());
  }
}

std::uint64_t Image::size() const {
  std::uint64_t total = 0;
  for (const auto& segment : segments) total += segment.data.size();
  return total;
}

}  // namespace sysboot
