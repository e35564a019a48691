// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/text.hpp"

#include <fmt/core.h>

namespace sysboot {

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string hex_bytes(ByteView bytes, std::string_view between) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (!text.empty()) text += between;
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

}  // namespace sysboot
