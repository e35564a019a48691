// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/identity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sysboot {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// The 12 digits as a number, its first 8 digits in the upper 32 of 48 bits.
std::optional<std::uint64_t> rom_digits(std::string_view serial) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(serial.data(), serial.data() + serial.size(), value, 16);
  if (serial.size() != 12 || error != std::errc{} || end != serial.data() + serial.size())
    return {};
  return value;
}

}  // namespace

bool identifies_a_board(std::string_view serial) {
  static constexpr std::array<std::string_view, 4> constants = {"STM32FXSTM32", "FFFFFFFEFFFF",
                                                                "STM32", "200000500000"};
  const std::string text = upper(serial);
  return !text.empty() && !text.starts_with("2003645") &&
         std::find(constants.begin(), constants.end(), text) == constants.end();
}

SerialMatch match_serials(std::string_view application, std::string_view rom) {
  if (!identifies_a_board(application) || !identifies_a_board(rom)) return SerialMatch::unknown;
  if (upper(application) == upper(rom)) return SerialMatch::equal;
  const auto app_value = rom_digits(application);
  const auto rom_value = rom_digits(rom);
  if (!app_value || !rom_value) return SerialMatch::unknown;

  const auto sum = static_cast<std::uint32_t>(*app_value >> 16);
  const std::uint32_t wrapping = (sum & 0xFFFFFF00U) | ((sum + 0x0A) & 0xFFU);
  const std::uint32_t carrying = (sum & 0xFFFF0000U) | ((sum + 0x0A) & 0xFFFFU);
  const auto tail = *app_value & 0xFFFFU;
  const bool fits = *rom_value == (std::uint64_t{wrapping} << 16 | tail) ||
                    *rom_value == (std::uint64_t{carrying} << 16 | tail);
  return fits ? SerialMatch::offset : SerialMatch::different;
}

}  // namespace sysboot
