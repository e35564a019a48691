// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot info: what a board in DFU mode is, and how full its flash is.
#include <fmt/core.h>

#include "command_line/image_file.hpp"
#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "output/standard_streams.hpp"
#include "sysboot/error.hpp"
#include "sysboot/inspect.hpp"

namespace stm32boot {
namespace {

using sysboot::human_size;
using sysboot::SectorUse;

constexpr std::uint64_t picture_cells = 64;
constexpr std::size_t most_separated_sectors = 16;

enum class Cell : char { empty = '.', used = '#', matches = '=', changes = '+' };

Cell cell_of(const SectorUse& use) {
  if (use.in_image) return use.matches ? Cell::matches : Cell::changes;
  return use.empty ? Cell::empty : Cell::used;
}

// What a cell shows when it stands for several sectors: the one that matters most.
Cell stronger(Cell a, Cell b) {
  const auto rank = [](Cell cell) {
    return std::string_view(".#=+").find(static_cast<char>(cell));
  };
  return rank(a) < rank(b) ? b : a;
}

// "|##|##|..|": sectors to scale, one cell for the smallest part.
std::string picture(const std::vector<SectorUse>& sectors) {
  std::uint64_t total = 0;
  for (const auto& use : sectors) total += use.sector.size;
  const bool separated = sectors.size() <= most_separated_sectors;
  std::string text = separated ? "|" : "";
  std::uint64_t done = 0;
  Cell cell = Cell::empty;
  for (const auto& use : sectors) {
    const std::uint64_t first = done * picture_cells / total;
    done += use.sector.size;
    const std::uint64_t end = done * picture_cells / total;
    cell = stronger(cell, cell_of(use));
    if (end > first) {
      text += std::string(end - first, static_cast<char>(cell));
      cell = Cell::empty;
    }
    if (separated) text += '|';
  }
  return text;
}

std::string runs_text(const sysboot::MemoryLayout& layout) {
  std::string text;
  for (const auto& run : layout.runs) {
    text +=
        fmt::format("{}{} x {}", text.empty() ? "" : ", ", run.count, human_size(run.sector_size));
  }
  return text;
}

std::string memory_line(const sysboot::AltSetting& alt) {
  if (!alt.layout) return fmt::format("alt {}  {}", alt.number, alt.problem);
  const auto& layout = *alt.layout;
  return fmt::format("alt {}  {:<16} {}  {}  {}", alt.number, sysboot::printable(layout.name),
                     layout.describe(), layout.runs.front().access.describe(), runs_text(layout));
}

// As USB counts versions, in binary-coded decimals: 0x011A is "1.1a".
std::string dotted(std::uint16_t version) {
  return fmt::format("{:x}.{:02x}", version >> 8, version & 0xFF);
}

std::string describe(const sysboot::Inspection& inspection, bool with_image) {
  const auto& usb = inspection.usb;
  std::string text =
      fmt::format("board       {} {} {}, serial {}", usb.port_path, usb.id(),
                  sysboot::printable(usb.product_name), sysboot::printable(usb.serial));
  text += "\nchip        " + inspection.chip.describe();
  if (inspection.objection) text += "\nimage       would be refused: " + *inspection.objection;
  text +=
      fmt::format("\nbootloader  DfuSe {}, release {}, {} bytes a transfer",
                  dotted(inspection.dfu_version), dotted(usb.release), inspection.transfer_size);
  const char* label = "\nmemories    ";
  for (const auto& alt : inspection.memories) {
    text += label + memory_line(alt);
    label = "\n            ";
  }
  if (inspection.unreadable)
    return text + "\nflash       cannot be read: " + *inspection.unreadable;
  text += "\nflash       " + picture(inspection.sectors);
  text += "\n            # used  . empty";
  if (with_image) text += "  = image, matches  + image, would change";
  return text;
}

Facts facts(const sysboot::AltSetting& alt) {
  Facts object = {{"alternate", alt.number}, {"name", alt.name}};
  if (!alt.layout) {
    object["problem"] = alt.problem;
    return object;
  }
  object["name"] = alt.layout->name;
  Facts& parts = object["parts"] = Facts::list();
  for (const sysboot::SectorRun& run : alt.layout->runs) {
    parts.push_back({{"address", sysboot::hex32(run.address)},
                     {"sectors", run.count},
                     {"sector_bytes", run.sector_size},
                     {"access", run.access.describe()}});
  }
  return object;
}

Facts facts(const sysboot::Inspection& inspection) {
  Facts object = {{"usb", inspection.usb.port_path},
                  {"id", inspection.usb.id()},
                  {"product", inspection.usb.product_name},
                  {"serial", inspection.usb.serial},
                  {"chips", inspection.chip.lines},
                  {"dfuse", dotted(inspection.dfu_version)},
                  {"release", dotted(inspection.usb.release)},
                  {"transfer_bytes", inspection.transfer_size},
                  {"memories", Facts::list()},
                  {"sectors", Facts::list()}};
  if (inspection.chip.bootloader_id) object["bootloader_id"] = *inspection.chip.bootloader_id;
  for (const auto& alt : inspection.memories) object["memories"].push_back(facts(alt));
  for (const auto& use : inspection.sectors) {
    Facts sector = to_facts(use.sector);
    sector["empty"] = use.empty;
    sector["in_image"] = use.in_image;
    if (use.in_image) sector["matches"] = use.matches;
    object["sectors"].push_back(std::move(sector));
  }
  if (inspection.unreadable) object["unreadable"] = *inspection.unreadable;
  if (inspection.objection) object["objection"] = *inspection.objection;
  return object;
}

struct InfoCommand {
  SelectorOptions board;
  ImageOptions source;

  CommandResult run(Context& context) const {
    std::optional<sysboot::Image> image;
    if (!source.file.empty()) image = source.load_for_flash(context.renderer());
    const sysboot::Inspection inspection =
        sysboot::inspect(context.job(), board.one(), image ? &*image : nullptr);
    CommandResult outcome;
    outcome.text = describe(inspection, image.has_value());
    outcome.facts = facts(inspection);
    if (!image) return outcome;
    outcome.facts["image"] = image->name;
    outcome.facts["path"] = whole_path(source.file);
    return outcome;
  }
};

}  // namespace

Command add_info(CommandLine& line) {
  auto command = std::make_shared<InfoCommand>();
  OptionList sub = line.add_command("info", "Show what a board in DFU mode is and holds");
  sub.argument("image", command->source.file, "Show what flashing this image would change");
  command->board.add_to(sub);
  command->source.add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
