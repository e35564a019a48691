// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/file.hpp"

namespace sysboot {

std::filesystem::path to_path(std::string_view utf8) {
  return {std::u8string(utf8.begin(), utf8.end())};
}

std::string to_text(const std::filesystem::path& path) {
  const std::u8string utf8 = path.u8string();
  return {utf8.begin(), utf8.end()};
}

}  // namespace sysboot
