// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot chips: the chips that it knows, and how well.
#include "sysboot/chip.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "commands.hpp"
#include "output/wrap.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Chip;
using sysboot::Known;
using sysboot::Quirk;
using sysboot::RomFacts;

constexpr const char* columns = "{:<13}{:<19}{:<9}{:<6}{:<9}{:<7}{:<8}{}";
constexpr std::size_t indent = 13;  // where the second column begins
constexpr std::string_view legend =
    "m: measured, d: documented by ST, r: reported by others, -: unknown. The sources are in "
    "--json. CHIP is what chip= of a virtual board takes. FLASH, UNIT (bytes that are programmed "
    "at once) and RAM at 0x20000000 are documented. NAMES: of its memories, as its ROM tells them. "
    "BLOCK: bytes a transfer. POLL: ms that it claims for an erase, and for the rest.";
constexpr std::string_view id_source = "AN2606";

// One part, which may have ROMs with several ids.
struct Part {
  const Chip* chip = nullptr;
  std::vector<std::uint8_t> ids;
  RomFacts rom;
};

std::vector<Part> parts() {
  std::vector<Part> all;
  for (const Chip& chip : sysboot::known_chips()) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const Part& part) {
      return part.chip->line == chip.line && part.chip->flash == chip.flash;
    });
    Part& part = same == all.end() ? all.emplace_back(Part{&chip, {}, {}}) : *same;
    if (chip.bootloader_id != 0) part.ids.push_back(chip.bootloader_id);
    if (chip.rom != nullptr) part.rom = *chip.rom;
  }
  return all;
}

std::uint64_t ram_size(const Part& part) {
  const auto& main = part.rom.ram.value_or(part.chip->ram).front();
  return main.end - main.first;
}

// "r", "-"
template <typename Value>
char letter(const Known<Value>& fact) {
  return fact.is_known() ? to_string(fact.certainty).front() : '-';
}

std::string number(const Known<unsigned>& fact) {
  return fact.is_known() ? std::to_string(fact.value) : "-";
}

std::string block(const Known<std::uint16_t>& fact) {
  return fact.is_known() ? fmt::format("{} {}", fact.value, letter(fact)) : "-";
}

// "100/104 m": of an erase, and else.
std::string polls(const RomFacts& rom) {
  if (!rom.erase_poll_ms.is_known() && !rom.other_poll_ms.is_known()) return "-";
  const auto& known = rom.erase_poll_ms.is_known() ? rom.erase_poll_ms : rom.other_poll_ms;
  return fmt::format("{}/{} {}", number(rom.erase_poll_ms), number(rom.other_poll_ms),
                     letter(known));
}

std::string row(const Part& part) {
  const RomFacts& rom = part.rom;
  std::string text =
      fmt::format(columns, rom.name.empty() ? "-" : rom.name, part.chip->line.substr(5),
                  sysboot::human_size(part.chip->layout().size()), part.chip->program_unit,
                  sysboot::human_size(ram_size(part)), letter(rom.alternates),
                  block(rom.transfer_size), polls(rom));
  std::vector<std::string> quirks;
  for (const Known<Quirk>& quirk : rom.quirks) {
    quirks.push_back(fmt::format("{} ({})", to_string(quirk.value), letter(quirk)));
  }
  if (quirks.empty()) return text;
  return text + '\n' + std::string(indent, ' ') +
         wrapped(sysboot::joined(quirks, "; "), usual_width, indent, indent);
}

std::string table() {
  std::string text =
      fmt::format(columns, "CHIP", "STM32", "FLASH", "UNIT", "RAM", "NAMES", "BLOCK", "POLL");
  for (const Part& part : parts()) text += '\n' + row(part);
  return text + "\n\n" + wrapped(legend, usual_width, 0, 0);
}

template <typename Value, typename As>
Facts fact(const Known<Value>& known, As as) {
  if (!known.is_known()) return {{"known", to_string(known.certainty)}};
  return {
      {"known", to_string(known.certainty)}, {"value", as(known.value)}, {"source", known.source}};
}

template <typename Value>
Facts fact(const Known<Value>& known) {
  return fact(known, [](const Value& value) { return Facts(value); });
}

Facts documented(Facts value, std::string_view source) {
  return {{"known", to_string(sysboot::Certainty::documented)},
          {"value", std::move(value)},
          {"source", source}};
}

Facts texts(std::span<const std::string_view> all) {
  Facts list = Facts::list();
  for (const std::string_view text : all) list.push_back(text);
  return list;
}

Facts ids(const Part& part) {
  Facts list = Facts::list();
  for (const std::uint8_t id : part.ids) list.push_back(fmt::format("0x{:02X}", id));
  if (part.ids.empty()) return {{"known", to_string(sysboot::Certainty::unknown)}};
  return documented(std::move(list), id_source);
}

Facts quirks(const RomFacts& rom) {
  Facts list = Facts::list();
  for (const Known<Quirk>& quirk : rom.quirks) {
    list.push_back(fact(quirk, [](Quirk which) { return Facts(to_string(which)); }));
  }
  return list;
}

Facts to_facts(const Part& part) {
  const RomFacts& rom = part.rom;
  const Chip& chip = *part.chip;
  return {{"name", rom.name},
          {"line", chip.line},
          {"flash", documented(chip.flash, chip.manual)},
          {"flash_bytes", documented(chip.layout().size(), chip.manual)},
          {"program_unit", documented(chip.program_unit, chip.manual)},
          {"ram_bytes", documented(ram_size(part), chip.manual)},
          {"bootloader_ids", ids(part)},
          {"memories", fact(rom.alternates, texts)},
          {"product", fact(rom.product)},
          {"release",
           fact(rom.release, [](auto value) { return Facts(fmt::format("{:04X}", value)); })},
          {"serial", fact(rom.serial)},
          {"transfer_size", fact(rom.transfer_size)},
          {"erase_poll_ms", fact(rom.erase_poll_ms)},
          {"other_poll_ms", fact(rom.other_poll_ms)},
          {"sector_erase_ms", fact(rom.erase_ms)},
          {"protection_byte",
           fact(rom.options, [](auto options) { return Facts(options.protection_at); })},
          {"quirks", quirks(rom)}};
}

CommandResult run(Context& /*context*/) {
  CommandResult outcome;
  outcome.text = table();
  Facts& items = outcome.facts["items"] = Facts::list();
  for (const Part& part : parts()) items.push_back(to_facts(part));
  return outcome;
}

}  // namespace

Command add_chips(CommandLine& line) {
  return {line.add_command("chips", "List the chips that are known, and how well"), run};
}

}  // namespace stm32boot
