// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "core/ascii.hpp"

namespace sysboot {
namespace {

constexpr std::size_t rom_length = 12;  // digits
constexpr std::size_t uid_length = 24;

using UniqueId = std::array<std::uint8_t, uid_length / 2>;
using Words = std::array<std::uint32_t, 3>;

std::optional<std::uint64_t> hexadecimal(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// What a ROM makes of a unique id: hex8(sum) + hex4(tail).
struct Derived {
  std::uint32_t sum = 0;
  std::uint16_t tail = 0;

  bool operator==(const Derived&) const = default;
};

std::optional<Derived> derived_in(std::string_view serial) {
  if (serial.size() != rom_length) return std::nullopt;
  const auto value = hexadecimal(serial);
  if (!value) return std::nullopt;
  return Derived{static_cast<std::uint32_t>(*value >> 16), static_cast<std::uint16_t>(*value)};
}

std::optional<UniqueId> unique_id_in(std::string_view serial) {
  if (serial.size() != uid_length) return std::nullopt;
  UniqueId id{};
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = hexadecimal(serial.substr(2 * i, 2));
    if (!byte) return std::nullopt;
    id[i] = static_cast<std::uint8_t>(*byte);
  }
  return id;
}

bool is_of_a_lot(std::uint32_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || byte == ' ';
}

// As they come in memory, as `%08X` of each word, and as `%04X` of each half.
std::vector<Words> readings(const UniqueId& id) {
  std::vector<Words> all;
  for (const std::array<unsigned, 4>& order :
       {std::array{0U, 1U, 2U, 3U}, std::array{3U, 2U, 1U, 0U}, std::array{1U, 0U, 3U, 2U}}) {
    Words words{};
    for (std::size_t word = 0; word < words.size(); ++word) {
      for (std::size_t i = 0; i < 4; ++i) {
        words[word] |= static_cast<std::uint32_t>(id[4 * word + i]) << 8 * order[i];
      }
    }
    all.push_back(words);
  }
  return all;
}

bool is_lot(std::uint32_t word, unsigned bytes) {
  for (unsigned i = 4 - bytes; i < 4; ++i) {
    if (!is_of_a_lot(word >> 8 * i & 0xFFU)) return false;
  }
  return true;
}

// Seven characters of the lot number are in one word, and above the wafer's number in another.
bool shows_a_lot(const Words& words) {
  for (const std::uint32_t& whole : words) {
    for (const std::uint32_t& other : words) {
      if (&whole != &other && is_lot(whole, 4) && is_lot(other, 3)) return true;
    }
  }
  return false;
}

bool is_of_st(const UniqueId& id) {
  const auto all = readings(id);
  return std::any_of(all.begin(), all.end(), [](const Words& words) { return shows_a_lot(words); });
}

// All that ROMs may make of it. Which two words are added and which one gives the tail depends on
// the order in which they were printed.
std::vector<Derived> derived_from(const UniqueId& id) {
  std::vector<Derived> all;
  for (const auto& words : readings(id)) {
    for (std::size_t left_out = 0; left_out < words.size(); ++left_out) {
      const std::uint32_t sum = words[0] + words[1] + words[2] - words[left_out];
      for (const std::uint32_t word : words) {
        all.push_back({sum, static_cast<std::uint16_t>(word >> 16)});
      }
    }
  }
  return all;
}

std::uint32_t plus_ten_wrapping(std::uint32_t sum) {
  return (sum & 0xFFFFFF00U) | ((sum + 0x0A) & 0xFFU);
}
std::uint32_t plus_ten_carrying(std::uint32_t sum) {
  return (sum & 0xFFFF0000U) | ((sum + 0x0A) & 0xFFFFU);
}

bool is_offset(std::uint32_t application, std::uint32_t rom) {
  return rom == plus_ten_wrapping(application) || rom == plus_ten_carrying(application);
}

// Firmware that adds byte by byte loses the carries out of the coordinates' low bytes.
bool loses_carries(std::uint32_t application, std::uint32_t rom) {
  const std::uint32_t lost = rom - application;
  return lost == 0x100 || lost == 0x1000000 || lost == 0x1000100;
}

// Some take the tail from the word whose upper half is in the sum, too: what remains of that is the
// die's row on the wafer, which is small.
bool is_tail_of_the_sum(std::uint16_t tail, std::uint32_t sum) {
  return tail >> 8 == sum >> 24 && tail <= sum >> 16 && is_of_a_lot(tail & 0xFFU);
}

// Two characters of the lot number, and a sum of which every second byte is one: by chance so once
// in 1000. With digits between them it is rather a lot number by itself, cut to 12 digits.
bool looks_derived(const Derived& serial) {
  const auto is_lot_at = [&](unsigned byte) { return is_of_a_lot(serial.sum >> 8 * byte & 0xFFU); };
  const bool is_tail_lot = is_lot(std::uint32_t{serial.tail} << 16, 2);
  const auto is_digit_at = [&](unsigned byte) {
    const std::uint32_t character = serial.sum >> 8 * byte & 0xFFU;
    return is_of_a_lot(character) && character <= '9';
  };
  const bool is_bare_lot = is_digit_at(2) && is_digit_at(0);
  return is_tail_lot && is_lot_at(3) && is_lot_at(1) && !is_bare_lot;
}

SerialMatch match(const Derived& application, const Derived& rom) {
  if (application == rom) return SerialMatch::equal;
  if (application.tail == rom.tail &&
      (is_offset(application.sum, rom.sum) || loses_carries(application.sum, rom.sum))) {
    return SerialMatch::offset;
  }
  if (application.sum == rom.sum && (is_tail_of_the_sum(rom.tail, rom.sum) ||
                                     is_tail_of_the_sum(application.tail, application.sum))) {
    return SerialMatch::offset;
  }
  return looks_derived(application) && looks_derived(rom) ? SerialMatch::different
                                                          : SerialMatch::unknown;
}

SerialMatch match(const UniqueId& application, const Derived& rom) {
  const auto all = derived_from(application);
  if (std::find(all.begin(), all.end(), rom) != all.end()) return SerialMatch::equal;
  const bool fits = std::any_of(all.begin(), all.end(), [&](const Derived& one) {
    return one.tail == rom.tail && is_offset(one.sum, rom.sum);
  });
  if (fits) return SerialMatch::offset;
  return is_of_st(application) && looks_derived(rom) ? SerialMatch::different
                                                     : SerialMatch::unknown;
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
  const auto of_rom = derived_in(rom);
  if (!of_rom) return SerialMatch::unknown;
  if (const auto id = unique_id_in(application)) return match(*id, *of_rom);
  if (const auto of_application = derived_in(application)) return match(*of_application, *of_rom);
  return SerialMatch::unknown;
}

}  // namespace sysboot
