// SPDX-License-Identifier: GPL-3.0-or-later
#include "chip.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "rom_facts.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// "4*16K,1*64K,3*128K": a layout without what devices spell differently.
std::string plain(const MemoryLayout& flash) {
  std::vector<std::string> runs;
  for (const auto& run : flash.runs) {
    const std::uint32_t kib = run.sector_size / 1024;
    runs.push_back(run.sector_size % 1024 == 0 ? fmt::format("{}*{}K", run.count, kib)
                                               : fmt::format("{}*{}", run.count, run.sector_size));
  }
  return joined(runs, ",");
}

// No other STM32 has pages that small; the smallest of the F0 have 1 KiB (RM0091 table 5).
constexpr std::uint32_t largest_eeprom_page = 256;

bool looks_like(const Chip& chip, const MemoryLayout& flash) {
  return flash.runs.front().address == flash_base && plain(flash) == chip.flash;
}

}  // namespace

std::string to_string(Certainty certainty) {
  constexpr std::array<const char*, 4> names = {"unknown", "reported", "documented", "measured"};
  return names.at(static_cast<std::size_t>(certainty));
}

std::string to_string(Quirk quirk) {
  switch (quirk) {
    case Quirk::starts_in_error: return "starts in dfuERROR";
    case Quirk::leaves_without_answer: return "leaves without an answer";
    case Quirk::stays_busy_after_erase: return "says dfuDNBUSY after an erase that is done";
    case Quirk::stalls_while_busy: return "refuses GETSTATUS while it is busy";
    case Quirk::hides_bootloader_id: return "does not let its id byte be read";
    case Quirk::reads_past_end: return "resets when read over the end of flash";
    case Quirk::has_no_read_unprotect: return "does not know Read Unprotect";
    case Quirk::names_more_flash: return "may name more flash than there is";
    case Quirk::hangs_after_leave: return "may hang after the leave until it is reset";
  }
  return {};
}

bool RomFacts::has(Quirk quirk) const {
  return std::any_of(quirks.begin(), quirks.end(),
                     [&](const Known<Quirk>& known) { return known.value == quirk; });
}

// Without the letters for what may be done, which is all.
std::string Chip::layout_text() const {
  std::string sectors;
  for (const char c : flash) sectors += c == ',' ? std::string("g,") : std::string(1, c);
  return "@Internal Flash  /0x08000000/" + sectors + "g";
}

MemoryLayout Chip::layout() const {
  return parse_layout(layout_text());
}

const std::vector<Chip>& known_chips() {
  // Layouts: real devices' strings, and the manuals. Id bytes and their addresses: AN2606, tables
  // 83 and 226. Program units: RM0383 3.6.2 (F2, F4, F7: bytes, as their ROMs do it), RM0316 4.2.3
  // (F0, F1, F3), RM0367 3.3.4 (L0), RM0351 3.3.7 (L4, G0, G4, C0, U0, WB), RM0433 4.3.9 (H7),
  // RM0455, RM0481, RM0456 (128 bits). RAM: ram.hpp. Sectors and RAM are the same in
  // stm32-data-gen/src/memory.rs of github.com/embassy-rs/stm32-data, program units in Zephyr's
  // device tree (write-block-size; H7A: OpenOCD's stm32h7x.c; H5: stm32-data).
  static const std::vector<Chip> chips = {
      {"STM32F401xB/C", "4*16K,1*64K,1*128K", 0x1FFF76DE, 0xD1, 1, ram::f401xb_xc, "RM0368",
       &rom::f401},
      {"STM32F411xC", "4*16K,1*64K,1*128K", 0x1FFF76DE, 0xD0, 1, ram::f411, "RM0383"},
      {"STM32F446xC", "4*16K,1*64K,1*128K", 0x1FFF76DE, 0x90, 1, ram::f446, "RM0390"},
      {"STM32F205/215xC", "4*16K,1*64K,1*128K", 0x1FFF77DE, 0x33, 1, ram::f2, "RM0033"},
      {"STM32F722/723xC", "4*16K,1*64K,1*128K", 0x1FF0EDBE, 0x90, 1, ram::f72, "RM0431"},
      {"STM32F401xD", "4*16K,1*64K,2*128K", 0x1FFF76DE, 0xD1, 1, ram::f401xd_xe, "RM0368"},
      {"STM32F401xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0xD1, 1, ram::f401xd_xe, "RM0368"},
      {"STM32F411xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0xD0, 1, ram::f411, "RM0383", &rom::f411},
      {"STM32F446xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0x90, 1, ram::f446, "RM0390", &rom::f446},
      {"STM32F412xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0x90, 1, ram::f412, "RM0402"},
      {"STM32F412xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0x91, 1, ram::f412, "RM0402"},
      {"STM32F469/479xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0x90, 1, ram::f469, "RM0386"},
      {"STM32F405/407/415/417xE", "4*16K,1*64K,3*128K", 0x1FFF77DE, 0x31, 1, ram::f405, "RM0090"},
      {"STM32F405/407/415/417xE", "4*16K,1*64K,3*128K", 0x1FFF77DE, 0x91, 1, ram::f405, "RM0090"},
      {"STM32F205/207/215/217xE", "4*16K,1*64K,3*128K", 0x1FFF77DE, 0x33, 1, ram::f2, "RM0033"},
      {"STM32F427/429/437/439xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0x70, 1, ram::f427, "RM0090"},
      {"STM32F427/429/437/439xE", "4*16K,1*64K,3*128K", 0x1FFF76DE, 0x91, 1, ram::f427, "RM0090"},
      {"STM32F722/723/732/733xE", "4*16K,1*64K,3*128K", 0x1FF0EDBE, 0x90, 1, ram::f72, "RM0431",
       &rom::f722},
      {"STM32F405/407/415/417xG", "4*16K,1*64K,7*128K", 0x1FFF77DE, 0x31, 1, ram::f405, "RM0090",
       &rom::f405},
      {"STM32F405/407/415/417xG", "4*16K,1*64K,7*128K", 0x1FFF77DE, 0x91, 1, ram::f405, "RM0090"},
      {"STM32F205/207/215/217xG", "4*16K,1*64K,7*128K", 0x1FFF77DE, 0x33, 1, ram::f2, "RM0033"},
      {"STM32F412xG", "4*16K,1*64K,7*128K", 0x1FFF76DE, 0x90, 1, ram::f412, "RM0402"},
      {"STM32F412xG", "4*16K,1*64K,7*128K", 0x1FFF76DE, 0x91, 1, ram::f412, "RM0402"},
      {"STM32F413/423xG", "4*16K,1*64K,7*128K", 0x1FFF76DE, 0x90, 1, ram::f413, "RM0430"},
      {"STM32F469/479xG", "4*16K,1*64K,7*128K", 0x1FFF76DE, 0x90, 1, ram::f469, "RM0386"},
      {"STM32F427/429/437/439xG", "4*16K,1*64K,7*128K", 0x1FFF76DE, 0x70, 1, ram::f427, "RM0090"},
      {"STM32F427/429/437/439xG", "4*16K,1*64K,7*128K", 0x1FFF76DE, 0x91, 1, ram::f427, "RM0090"},
      {"STM32F427/429/437/439xI", "4*16K,1*64K,7*128K,4*16K,1*64K,7*128K", 0x1FFF76DE, 0x70, 1,
       ram::f427, "RM0090", &rom::f429},
      {"STM32F427/429/437/439xI", "4*16K,1*64K,7*128K,4*16K,1*64K,7*128K", 0x1FFF76DE, 0x91, 1,
       ram::f427, "RM0090"},
      {"STM32F469/479xI", "4*16K,1*64K,7*128K,4*16K,1*64K,7*128K", 0x1FFF76DE, 0x90, 1, ram::f469,
       "RM0386"},
      {"STM32F413/423xH", "4*16K,1*64K,11*128K", 0x1FFF76DE, 0x90, 1, ram::f413, "RM0430",
       &rom::f413},
      {"STM32F745/746/756xG", "4*32K,1*128K,3*256K", 0x1FF0EDBE, 0, 1, ram::f74, "RM0385",
       &rom::f745},
      {"STM32F765/767/777xG", "4*32K,1*128K,3*256K", 0x1FF0EDBE, 0x93, 1, ram::f76, "RM0410"},
      {"STM32F765/767/777xI", "4*32K,1*128K,7*256K", 0x1FF0EDBE, 0x93, 1, ram::f76, "RM0410",
       &rom::f767},
      {"STM32F042x6", "32*1K", 0x1FFFF6A6, 0, 2, ram::f042, "RM0091", &rom::f042},
      {"STM32F072xB", "64*2K", 0, 0, 2, ram::pages_of_2k, "RM0091", &rom::f072},
      {"STM32F303xC", "128*2K", 0x1FFFF796, 0x41, 2, ram::pages_of_2k, "RM0316", &rom::f303},
      {"STM32F105/107xC", "128*2K", 0, 0, 2, ram::pages_of_2k, "RM0008", &rom::f105},
      {"STM32L412xB", "64*2K", 0x1FFF6FFE, 0xD1, 8, ram::pages_of_2k, "RM0394", &rom::l412},
      {"STM32L452/462xE", "256*2K", 0x1FFF6FFE, 0x92, 8, ram::pages_of_2k, "RM0394", &rom::l452},
      {"STM32L476xE", "256*2K", 0x1FFF6FFE, 0, 8, ram::l476, "RM0351"},
      {"STM32L476xG", "512*2K", 0x1FFF6FFE, 0, 8, ram::l476, "RM0351", &rom::l476},
      {"STM32L072/073xZ", "1536*128", 0x1FF01FFE, 0x41, 4, ram::l07, "RM0367", &rom::l072},
      {"STM32G0B1xB", "64*2K", 0x1FFF9FFE, 0x92, 8, ram::pages_of_2k, "RM0444", &rom::g0b1},
      {"STM32G0C1xE", "256*2K", 0x1FFF9FFE, 0x92, 8, ram::pages_of_2k, "RM0444", &rom::g0c1},
      {"STM32G474xE", "256*2K", 0x1FFF6FFE, 0xD5, 8, ram::pages_of_2k, "RM0440", &rom::g474},
      {"STM32G474xE", "128*4K", 0x1FFF6FFE, 0xD5, 8, ram::g474, "RM0440", &rom::g474_one_bank},
      {"STM32H743/750", "16*128K", 0x1FF1E7FE, 0, 32, ram::h74, "RM0433", &rom::h743},
      {"STM32H7A3/7B0", "256*8K", 0x1FF13FFE, 0x92, 16, ram::h7a, "RM0455", &rom::h7a3},
      {"STM32H562/563/573", "256*8K", 0x0BF9FAFE, 0xE5, 16, ram::h56, "RM0481", &rom::h563},
      {"STM32U575/585", "256*8K", 0x0BF99EFE, 0, 16, ram::u5, "RM0456", &rom::u575},
      {"STM32C071xB", "64*2K", 0x1FFF67FE, 0xD1, 8, ram::pages_of_2k, "RM0490", &rom::c071},
      {"STM32U073/083xC", "128*2K", 0x1FFF67FE, 0xD0, 8, ram::pages_of_2k, "RM0503", &rom::u083},
      {"STM32WB55xG", "256*4K", 0x1FFF6FFE, 0xD5, 8, ram::wb55, "RM0434", &rom::wb55},
  };
  return chips;
}

std::vector<Chip> possible_chips(const MemoryLayout& flash,
                                 std::optional<std::uint8_t> bootloader_id) {
  std::vector<Chip> by_layout;
  std::vector<Chip> by_id;
  for (const auto& chip : known_chips()) {
    if (!looks_like(chip, flash)) continue;
    by_layout.push_back(chip);
    if (bootloader_id && chip.bootloader_id == *bootloader_id) by_id.push_back(chip);
  }
  return by_id.empty() ? by_layout : by_id;
}

ChipGuess guess_chip(const MemoryLayout& flash, std::optional<std::uint8_t> bootloader_id) {
  ChipGuess guess{{}, bootloader_id};
  for (const Chip& chip : possible_chips(flash, bootloader_id)) {
    const std::string line(chip.line);
    if (guess.lines.empty() || guess.lines.back() != line) guess.lines.push_back(line);
  }
  return guess;
}

bool fits_ram(const std::vector<Chip>& chips, std::uint32_t initial_sp) {
  const std::uint32_t address = initial_sp & ~std::uint32_t{3};
  return std::any_of(chips.begin(), chips.end(), [&](const Chip& chip) {
    return std::any_of(chip.ram.begin(), chip.ram.end(), [&](const RamRange& range) {
      return address > range.first && address <= range.end;
    });
  });
}

std::uint32_t program_unit(const MemoryLayout& flash) {
  std::uint32_t widest = 0;
  for (const auto& chip : known_chips()) {
    if (looks_like(chip, flash)) widest = std::max(widest, chip.program_unit);
  }
  return widest == 0 ? widest_program_unit : widest;
}

std::uint8_t erased_byte(const MemoryLayout& flash) {
  return flash.runs.front().sector_size <= largest_eeprom_page ? 0x00 : 0xFF;
}

bool stays_busy_after_erase(const MemoryLayout& flash) {
  const auto& chips = known_chips();
  return std::any_of(chips.begin(), chips.end(), [&](const Chip& chip) {
    return looks_like(chip, flash) && chip.rom != nullptr &&
           chip.rom->has(Quirk::stays_busy_after_erase);
  });
}

bool programs_by_voltage(const MemoryLayout& flash) {
  return flash.runs.front().address == flash_base &&
         std::any_of(flash.runs.begin(), flash.runs.end(), [&](const SectorRun& run) {
           return run.sector_size != flash.runs.front().sector_size;
         });
}

std::vector<std::uint32_t> bootloader_id_addresses(const MemoryLayout& flash) {
  std::vector<std::uint32_t> addresses;
  for (const auto& chip : known_chips()) {
    if (!looks_like(chip, flash) || chip.bootloader_id_at == 0) continue;
    if (std::find(addresses.begin(), addresses.end(), chip.bootloader_id_at) == addresses.end()) {
      addresses.push_back(chip.bootloader_id_at);
    }
  }
  return addresses;
}

bool is_bootloader_id(const MemoryLayout& flash, std::uint32_t address, std::uint8_t id) {
  const auto& chips = known_chips();
  return std::any_of(chips.begin(), chips.end(), [&](const Chip& chip) {
    return looks_like(chip, flash) && chip.bootloader_id_at == address && id != 0 &&
           chip.bootloader_id == id;
  });
}

std::string ChipGuess::describe() const {
  std::string text = lines.empty() ? "unknown" : joined(lines, " or ");
  if (bootloader_id) text += fmt::format(" (bootloader id 0x{:02X})", *bootloader_id);
  if (!bootloader_id && !lines.empty()) text += " (by the layout of its flash)";
  return text;
}

}  // namespace sysboot
