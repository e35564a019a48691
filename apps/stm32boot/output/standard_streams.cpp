// SPDX-License-Identifier: GPL-3.0-or-later
#include "standard_streams.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sysboot/file.hpp"
#include "sysboot/image_file.hpp"
#include "system/console.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

// As for files (sysboot/image.hpp).
constexpr std::size_t largest_image = 64 * 1024 * 1024;
constexpr const char* input = "standard input";
constexpr const char* output = "standard output";

}  // namespace

bool is_stream(const std::string& file) {
  return file == "-";
}

Facts whole_path(const std::string& file) {
  if (is_stream(file)) return nullptr;
  std::error_code code;
  const auto path = std::filesystem::absolute(sysboot::to_path(file), code);
  return code ? file : sysboot::to_text(path);
}

sysboot::Image load_image_from(const std::string& file, std::optional<std::uint32_t> address) {
  if (!is_stream(file)) return sysboot::load_image(sysboot::to_path(file), address);
  try {
    const auto content = read_input(largest_image + 1);
    if (!content) {
      throw Error(Errc::no_input, std::string("cannot be read: ") + std::strerror(errno));
    }
    if (content->size() > largest_image) {
      throw Error(Errc::bad_image, "is larger than " + sysboot::human_size(largest_image));
    }
    sysboot::Image image = sysboot::parse_image(
        {reinterpret_cast<const std::uint8_t*>(content->data()), content->size()}, address);
    image.name = input;
    return image;
  } catch (const Error& error) {
    throw error.at(input);
  }
}

void require_free_output(bool writes_json, std::string_view format) {
  if (writes_json) {
    throw Error(Errc::usage, "--json needs it for the result", output);
  }
  const bool is_text = format == "hex" || format == "srec";
  if (!is_text && output_is_terminal()) {
    throw Error(Errc::usage, fmt::format("is a terminal, and {} is no text", format), output);
  }
}

void put_out(const sysboot::Image& image, std::string_view format, CommandResult& outcome) {
  const sysboot::Bytes content = sysboot::encode_image(image, format);
  if (!write_all(Stream::output, {reinterpret_cast<const char*>(content.data()), content.size()})) {
    throw Error(Errc::cannot_write_output,
                std::string("cannot be written: ") + std::strerror(errno), output);
  }
  outcome.remarks.push_back(std::exchange(outcome.text, {}));
}

}  // namespace stm32boot
