// SPDX-License-Identifier: GPL-3.0-or-later
#include "location.hpp"

namespace sysboot {

std::string port_path_of(std::uint32_t location) {
  std::string path = std::to_string(location >> 24);
  char separator = '-';
  for (std::uint32_t rest = location << 8; rest != 0; rest <<= 4) {
    path += separator + std::to_string(rest >> 28);
    separator = '.';
  }
  return path;
}

std::string callout_name(std::string_view path) {
  constexpr std::string_view dial_in = "/dev/tty.";
  if (!path.starts_with(dial_in)) return std::string(path);
  return "/dev/cu." + std::string(path.substr(dial_in.size()));
}

}  // namespace sysboot
