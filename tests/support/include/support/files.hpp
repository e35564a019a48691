// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files, there and back.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sysboot/types.hpp"

namespace support {

inline void write_file(const std::filesystem::path& file, sysboot::ByteView content) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()),
            static_cast<std::streamsize>(content.size()));
}

inline sysboot::Bytes read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace support
