// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/image.hpp"
#include "sysboot/image_file.hpp"

namespace sysboot {

void save_image(const std::filesystem::path& file, const Image& image, std::string_view format) {
  try {
    write_file(file, encode_image(image, format));
  } catch (const Error& error) {
    throw error.at(to_text(file));
  }
}

}  // namespace sysboot
