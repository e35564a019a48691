// SPDX-License-Identifier: GPL-3.0-or-later
#include "gd32.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sysboot {
namespace {

constexpr std::uint32_t page = 1024;
constexpr std::array<std::pair<char, std::uint32_t>, 4> pages_by_letter = {
    {{'4', 16}, {'6', 32}, {'8', 64}, {'B', 128}}};

// The four characters stand in the descriptor as bytes; read as UTF-16 they are two characters of
// three bytes each.
std::string part_code(const std::string& serial) {
  if (serial.size() != 6) return serial;
  std::string code;
  for (std::size_t i = 0; i < serial.size(); i += 3) {
    const auto bits = [&](std::size_t at, unsigned mask) {
      return static_cast<unsigned char>(serial[i + at]) & mask;
    };
    const unsigned unit = bits(0, 0x0F) << 12 | bits(1, 0x3F) << 6 | bits(2, 0x3F);
    code += {static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)};
  }
  return code;
}

}  // namespace

MemoryLayout correct_gd32_layout(const UsbDeviceInfo& device, const MemoryLayout& claimed) {
  const bool is_gd32 = device.vendor == 0x28E9 && device.product == 0x0189;
  const std::string code = part_code(device.serial);
  if (!is_gd32 || !claimed.sector_at(flash_base) || code.size() != 4 || code[0] != '3' ||
      code[3] != 'J') {
    return claimed;
  }
  const auto known = std::find_if(pages_by_letter.begin(), pages_by_letter.end(),
                                  [&](const auto& entry) { return entry.first == code[2]; });
  if (known == pages_by_letter.end()) return claimed;
  return {claimed.name, {{flash_base, known->second, page, claimed.runs.front().access}}};
}

}  // namespace sysboot
