// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/chip.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/chip.hpp"
#include "chip/loadable_ram.hpp"
#include "chip/rom_facts.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot::virtual_bench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

using rom::newer_product;
using rom::older_product;

constexpr std::uint16_t oldest_release_of_older = 0x2000;
constexpr std::uint8_t unprotected = 0xAA;
constexpr std::uint32_t largest_page = 8 * 1024;  // of flash without sectors
// Stand-ins where nobody has told, for a page and for what is programmed at once.
constexpr unsigned page_erase_ms = 25;
constexpr microseconds page_program{91};

const Chip& chip_named(std::string_view name) {
  const auto& all = known_chips();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Chip& chip) {
    return chip.rom != nullptr && chip.rom->name == name;
  });
  if (found != all.end()) return *found;
  throw Error(Errc::usage, fmt::format("virtual board: unknown chip '{}'; there are {}", name,
                                       joined(chip_names())));
}

void set_names(RomSettings& rom, const Chip& chip) {
  const RomFacts& facts = *chip.rom;
  rom.chip = facts.name;
  rom.alternates = {chip.layout_text()};
  if (facts.alternates.is_known()) {
    rom.alternates.assign(facts.alternates.value.begin(), facts.alternates.value.end());
  }
  rom.release = facts.release.value_or(0x2200);
  const bool is_older = rom.release >= oldest_release_of_older;
  rom.product = facts.product.value_or(is_older ? older_product : newer_product);
  rom.serial = facts.serial.value_or({});
  rom.transfer_size = facts.transfer_size.value_or(rom.product == newer_product ? 1024 : 2048);
}

void set_answers(RomSettings& rom, const RomFacts& facts) {
  rom.erase_poll = milliseconds(facts.erase_poll_ms.value_or(100));
  rom.other_poll = milliseconds(facts.other_poll_ms.value_or(104));
  rom.starts_in_error = facts.has(Quirk::starts_in_error);
  rom.leaves_without_status = facts.has(Quirk::leaves_without_answer);
  rom.stalls_while_busy = facts.has(Quirk::stalls_while_busy);
  rom.sticks_after_erase = rom.answers_while_busy = facts.has(Quirk::stays_busy_after_erase);
  rom.knows_read_unprotect = !facts.has(Quirk::has_no_read_unprotect);
}

void set_option_bytes(RomSettings& rom, const RomFacts& facts) {
  rom.option_addresses.clear();
  rom.option_bytes.clear();
  rom.protection_at.reset();
  if (facts.options.is_known()) rom.protection_at = facts.options.value.protection_at;
  for (const std::string& name : rom.alternates) {
    const bool are_options = name.starts_with("@Option") || name.starts_with("@OB");
    if (!are_options) continue;
    for (const SectorRun& run : parse_layout(name).runs) {
      Bytes area(static_cast<std::size_t>(run.size()), 0xFF);
      const auto factory = facts.options.value.factory;
      if (factory.size() == area.size()) area.assign(factory.begin(), factory.end());
      if (rom.protection_at) area.at(*rom.protection_at) = unprotected;
      rom.option_addresses.push_back(run.address);
      rom.option_bytes.insert(rom.option_bytes.end(), area.begin(), area.end());
    }
  }
  rom.factory_option_bytes = rom.option_bytes;
}

// 64 KiB of it, or what is known to be addressable.
void set_system_memory(RomSettings& rom, const Chip& chip) {
  rom.bootloader_id_at = chip.bootloader_id_at;
  rom.bootloader_id = chip.bootloader_id;
  rom.system_memory = chip.bootloader_id_at & 0xFFFF0000;
  rom.system_memory_size = chip.bootloader_id_at == 0 ? 0 : (chip.bootloader_id_at & 0xFFFF) + 2;
  if (chip.rom->has(Quirk::hides_bootloader_id)) rom.system_memory_size &= ~std::uint32_t{0x3FF};
}

void set_ram(RomSettings& rom, const Chip& chip) {
  const auto ram = chip.rom->ram.value_or(chip.ram);
  rom.stacks.assign(ram.begin(), ram.end());
  rom.ram_end = rom.stacks.front().end;
  const LoadableRam* loadable = loadable_ram(chip);
  rom.ram = std::min(loadable != nullptr ? loadable->range.first : rom.ram, rom.ram_end);
}

FlashTimes times_of(const Chip& chip) {
  const MemoryLayout flash = chip.layout();
  if (programs_by_voltage(flash)) return FlashTimes::x8();
  const bool has_pages = flash.runs.front().sector_size <= largest_page;
  FlashTimes times = FlashTimes::x8();
  times.bytes_per_program = chip.program_unit;
  if (has_pages) times.program = page_program;
  const unsigned erase_ms = chip.rom->erase_ms.value_or(has_pages ? page_erase_ms : 0);
  if (erase_ms == 0) return times;
  const Duration erase = milliseconds(erase_ms);
  // What is made like EEPROM takes as long for a word as for a page (a test of an STM32L0 at
  // censtry.com/blog/10181.html: 3.2 ms each).
  if (erased_byte(flash) == 0x00) times.program = erase;
  times.erase_16k = times.erase_64k = times.erase_128k = erase;
  times.mass_erase = has_pages ? erase : erase * static_cast<Duration::rep>(flash.sector_count());
  return times;
}

}  // namespace

RomSettings rom_of(std::string_view name) {
  const Chip& chip = chip_named(name);
  RomSettings rom;
  set_names(rom, chip);
  set_answers(rom, *chip.rom);
  set_option_bytes(rom, *chip.rom);
  set_system_memory(rom, chip);
  set_ram(rom, chip);
  rom.program_unit = chip.program_unit;
  rom.erased_byte = erased_byte(chip.layout());
  rom.times = times_of(chip);
  // Programs that clear the status once the claimed time has passed find the sector erased.
  if (rom.sticks_after_erase && !chip.rom->erase_poll_ms.is_known()) {
    rom.erase_poll = rom.times.erase_128k;
  }
  return rom;
}

std::vector<std::string> chip_names() {
  std::vector<std::string> names;
  for (const Chip& chip : known_chips()) {
    if (chip.rom != nullptr) names.emplace_back(chip.rom->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sysboot::virtual_bench
