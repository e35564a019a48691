// SPDX-License-Identifier: GPL-3.0-or-later
// Is the image's stack in the RAM of the chip that is there?
#include <fmt/core.h>

#include <algorithm>

#include "board/loader.hpp"
#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "image/vector_table.hpp"
#include "steps.hpp"

namespace sysboot {
namespace {

// Only there is asking known to be harmless: newer ROMs have theirs elsewhere, and TrustZone.
bool may_ask(const MemoryLayout& flash) {
  constexpr std::uint32_t oldest_system_memory = 0x1FF00000;
  const auto addresses = bootloader_id_addresses(flash);
  return std::all_of(addresses.begin(), addresses.end(),
                     [](std::uint32_t address) { return address >= oldest_system_memory; });
}

std::string ram_of(const Chip& chip) {
  std::string text;
  for (const RamRange& range : chip.ram) {
    text +=
        fmt::format("{}{}-{}", text.empty() ? "" : ", ", hex32(range.first), hex32(range.end - 1));
  }
  return text;
}

std::string refusal(std::uint32_t initial_sp, const std::vector<Chip>& chips,
                    const ChipGuess& guess) {
  return fmt::format("its first word {}, the initial stack pointer, is not in the RAM of {}{}",
                     hex32(initial_sp), guess.describe(),
                     chips.size() == 1 ? ": " + ram_of(chips.front()) : "");
}

std::optional<std::string> problem_of_one(const Job& job, DfuseSession& dfu, const Image& image) {
  const auto table = vector_table(image);
  if (!table || !is_st_rom(dfu.description().usb)) return std::nullopt;
  const MemoryLayout& flash = dfu.layout();
  std::vector<Chip> chips = possible_chips(flash, std::nullopt);
  const bool fits_all = std::all_of(chips.begin(), chips.end(), [&](const Chip& chip) {
    return fits_ram({chip}, table->initial_sp);
  });
  if (fits_all) return std::nullopt;
  std::optional<std::uint8_t> id;
  if (dfu.description().functional.can_upload && may_ask(flash)) {
    id = read_bootloader_id(job, dfu);
    chips = possible_chips(flash, id);
  }
  if (fits_ram(chips, table->initial_sp) || !is_confirmed(job, dfu, id)) return std::nullopt;
  return refusal(table->initial_sp, chips, guess_chip(flash, id));
}

}  // namespace

// Only programs have a stack: others among several images are data.
std::optional<std::string> stack_problem(const Job& job, DfuseSession& dfu, const Image& image) {
  if (image.parts.empty()) return problem_of_one(job, dfu, image);
  for (const Image& part : image.parts) {
    if (vector_table_problem(part)) continue;
    if (const auto problem = problem_of_one(job, dfu, part)) return part.name + ": " + *problem;
  }
  return std::nullopt;
}

}  // namespace sysboot
