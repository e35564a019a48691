// SPDX-License-Identifier: GPL-3.0-or-later
// Where the F4 lines keep which setting: the tables "Organization of the option bytes" of RM0383
// 3.6.1 (F411), RM0368 3.6.1 (F401), RM0390 3.6.1 (F446), RM0090 3.7.1 (tables 16 and 17: F405,
// F407, and F42x, F43x), RM0402 3.6.1 (F412) and RM0430 3.6.1 (F413); the F469 as its device header
// stm32f469xx.h has it, like the F42x. Where the G4 lines keep what starts after a reset: RM0440
// 3.4.1 (table "Option byte format", FLASH_OPTR, FLASH_SEC1R) and 2.6 (table "Boot modes").
#include "option_fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// Bits of the 16 that begin at `byte`, least significant byte first.
struct Row {
  std::string_view name;
  std::size_t byte;
  unsigned shift;
  unsigned width;
  unsigned first_sector = 0;
};

constexpr Row protected_sectors(unsigned count) {
  return {"nWRP", 8, 0, count};
}
constexpr Row mode_of_protection{"SPRMOD", 8, 15, 1};
constexpr std::size_t area_size = 16;
// With two banks, of 12 sectors each: bank 2 has an area of its own behind the first.
constexpr std::array<Row, 3> two_bank_rows = {
    {{"nWRP_bank2", area_size + 8, 0, 12, 12}, {"BFB2", 0, 4, 1}, {"DB1M", 8, 14, 1}}};
constexpr std::array<Row, 5> user_rows = {{{"RDP", 0, 8, 8},
                                           {"BOR_LEV", 0, 2, 2},
                                           {"WDG_SW", 0, 5, 1},
                                           {"nRST_STOP", 0, 6, 1},
                                           {"nRST_STDBY", 0, 7, 1}}};

// Two areas, one for each bank. Words with their complement behind them: FLASH_OPTR is the first,
// FLASH_SEC1R the sixth.
constexpr std::size_t g4_size = 2 * 48;
constexpr std::array<Row, 5> g4_rows = {{{"RDP", 0, 0, 8},
                                         {"nBOOT1", 2, 7, 1},
                                         {"nSWBOOT0", 2, 10, 1},
                                         {"nBOOT0", 2, 11, 1},
                                         {"BOOT_LOCK", 5 * 8 + 2, 0, 1}}};

struct Line {
  std::string_view prefix;  // of ChipGuess::lines
  unsigned sectors;         // of the first bank
  bool has_mode;
  bool has_two_banks;

  bool packs_like(const Line& other) const {
    return sectors == other.sectors && has_mode == other.has_mode &&
           has_two_banks == other.has_two_banks;
  }
};
constexpr std::array<Line, 8> known_lines = {{{"STM32F401", 8, true, false},
                                              {"STM32F405", 12, false, false},
                                              {"STM32F411", 8, true, false},
                                              {"STM32F412", 12, true, false},
                                              {"STM32F413", 15, true, false},
                                              {"STM32F427", 12, true, true},
                                              {"STM32F446", 8, true, false},
                                              {"STM32F469", 12, true, true}}};

std::uint32_t mask(const Row& row) {
  return ((1U << row.width) - 1) << row.shift;
}

std::uint32_t value(ByteView bytes, const Row& row) {
  const auto word = static_cast<std::uint32_t>(bytes[row.byte] | bytes[row.byte + 1] << 8);
  return (word & mask(row)) >> row.shift;
}

bool has_complement(ByteView bytes, std::size_t word) {
  for (std::size_t i = word; i < word + 4; ++i) {
    if ((bytes[i] ^ bytes[i + 4]) != 0xFF) return false;
  }
  return true;
}

bool is_g4(ByteView bytes, const ChipGuess& chip) {
  return !chip.lines.empty() && bytes.size() == g4_size &&
         std::all_of(chip.lines.begin(), chip.lines.end(),
                     [](const std::string& line) { return line.starts_with("STM32G4"); }) &&
         has_complement(bytes, 0) && has_complement(bytes, g4_rows.back().byte - 2);
}

// All settings of an F4. Chips that look alike must agree.
std::vector<Row> f4_rows(std::size_t size, const ChipGuess& chip) {
  const Line* same = nullptr;
  for (const std::string& name : chip.lines) {
    const auto line = std::find_if(known_lines.begin(), known_lines.end(), [&](const Line& known) {
      return name.starts_with(known.prefix);
    });
    if (line == known_lines.end()) return {};
    if (same != nullptr && !same->packs_like(*line)) return {};
    same = &*line;
  }
  if (same == nullptr || size != area_size * (same->has_two_banks ? 2 : 1)) return {};
  std::vector<Row> rows(user_rows.begin(), user_rows.end());
  rows.push_back(protected_sectors(same->sectors));
  if (same->has_two_banks) rows.insert(rows.end(), two_bank_rows.begin(), two_bank_rows.end());
  if (same->has_mode) rows.push_back(mode_of_protection);
  return rows;
}

std::string protection_level(std::uint32_t value) {
  if (value == 0xAA) return "level 0: no read protection";
  if (value == 0xCC) return "level 2: no debugging and no bootloader, for ever";
  return "level 1: the bootloader cannot read, write or erase flash";
}

std::string sectors_text(const Row& row, std::uint32_t bits, bool set, std::string_view what) {
  std::vector<std::string> sectors;
  for (unsigned i = 0; i < row.width; ++i) {
    if ((bits >> i & 1) == (set ? 1U : 0U)) sectors.push_back(std::to_string(row.first_sector + i));
  }
  if (sectors.empty()) return fmt::format("no sector is {}", what);
  return fmt::format("{} {} {} {}", sectors.size() == 1 ? "sector" : "sectors", joined(sectors),
                     sectors.size() == 1 ? "is" : "are", what);
}

std::string meaning(const Row& row, std::uint32_t value, bool execute_only) {
  constexpr std::array<std::string_view, 4> brown_out = {
      "reset below 2.70 V", "reset below 2.40 V", "reset below 2.10 V", "no brown-out reset"};
  if (row.name == "RDP") return protection_level(value);
  if (row.name == "BOR_LEV") return std::string(brown_out[value]);
  if (row.name == "WDG_SW") {
    return value != 0 ? "the watchdog is started by software" : "the watchdog runs from reset on";
  }
  if (row.name == "nRST_STOP") return value != 0 ? "no reset in Stop" : "reset in Stop";
  if (row.name == "nRST_STDBY") return value != 0 ? "no reset in Standby" : "reset in Standby";
  if (row.name == "nSWBOOT0") {
    return value != 0 ? "the BOOT0 pin counts" : "nBOOT0 counts; the BOOT0 pin is ignored";
  }
  if (row.name == "nBOOT0") return value != 0 ? "like a low BOOT0 pin" : "like a high BOOT0 pin";
  if (row.name == "nBOOT1") {
    return value != 0 ? "a high BOOT0 starts the bootloader" : "a high BOOT0 starts what is in RAM";
  }
  if (row.name == "BOOT_LOCK") {
    return value != 0 ? "every reset starts what is in flash" : "BOOT0 and nBOOT1 say what starts";
  }
  if (row.name == "SPRMOD") {
    return value != 0 ? "nWRP chooses execute-only sectors"
                      : "nWRP chooses write-protected sectors";
  }
  if (row.name == "BFB2") {
    return value != 0 ? "boots through the ROM, into bank 2 first" : "boots bank 1";
  }
  if (row.name == "DB1M") {
    return value != 0 ? "1 MiB parts have two banks" : "1 MiB parts have one bank";
  }
  return sectors_text(row, value, execute_only, execute_only ? "execute-only" : "write-protected");
}

}  // namespace

std::vector<OptionField> decode_option_bytes(ByteView bytes, const ChipGuess& chip) {
  std::vector<Row> rows = f4_rows(bytes.size(), chip);
  if (is_g4(bytes, chip)) rows.assign(g4_rows.begin(), g4_rows.end());
  const bool execute_only = std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
    return row.name == mode_of_protection.name && value(bytes, row) != 0;
  });
  std::vector<OptionField> fields;
  for (const Row& row : rows) {
    const std::uint32_t bits = value(bytes, row);
    fields.push_back({row.name, bits, meaning(row, bits, execute_only)});
  }
  return fields;
}

std::optional<Bytes> protect_first_sector(ByteView bytes, const ChipGuess& chip,
                                          bool is_protected) {
  Bytes changed(bytes.begin(), bytes.end());
  bool is_known = false;
  for (const Row& row : f4_rows(bytes.size(), chip)) {
    if (row.name == mode_of_protection.name && value(bytes, row) != 0) return std::nullopt;
    if (row.name != "nWRP") continue;
    is_known = true;
    changed[row.byte] =
        static_cast<std::uint8_t>(is_protected ? changed[row.byte] & ~1U : changed[row.byte] | 1U);
  }
  return is_known ? std::optional(changed) : std::nullopt;
}

Bytes option_bits(std::size_t size, const ChipGuess& chip) {
  const std::vector<Row> rows = f4_rows(size, chip);
  Bytes bits(size, rows.empty() ? 0xFF : 0);
  for (const Row& row : rows) {
    bits[row.byte] = static_cast<std::uint8_t>(bits[row.byte] | mask(row));
    bits[row.byte + 1] = static_cast<std::uint8_t>(bits[row.byte + 1] | mask(row) >> 8);
  }
  return bits;
}

}  // namespace sysboot
