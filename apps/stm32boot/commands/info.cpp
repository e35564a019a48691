// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot info: what a board is and how full its flash is, and what an image is.
#include <fmt/core.h>

#include "command_line/image_file.hpp"
#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "output/wrap.hpp"
#include "sysboot/error.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::human_size;
using sysboot::SectorUse;

constexpr std::uint64_t picture_cells = 64;
constexpr std::size_t most_separated_sectors = 13;  // in the usual width
constexpr std::size_t label_width = 12;

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
      text += std::string(static_cast<std::size_t>(end - first), static_cast<char>(cell));
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
  const std::string start =
      fmt::format("alt {}  {:<16} ", alt.number, sysboot::printable(layout.name));
  const std::string access = "  " + layout.runs.front().access.describe();
  const std::size_t places_at = label_width + start.size();
  const std::string line =
      start + wrapped(layout.describe(), usual_width - access.size(), places_at, places_at) +
      access;
  const std::string runs = runs_text(layout);
  const bool fits = line.find('\n') == std::string::npos &&
                    label_width + line.size() + 2 + runs.size() <= usual_width;
  if (fits) return line + "  " + runs;
  constexpr std::size_t indent = label_width + 7;
  return line + "\n" + std::string(indent, ' ') + wrapped(runs, usual_width, indent, indent);
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
  text +=
      "\nchip        " + wrapped(inspection.chip.describe(), usual_width, label_width, label_width);
  if (inspection.guard) text += "\nguard       " + guard_text(*inspection.guard);
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
  text += "\nflash       # used  . empty";
  if (with_image) text += "  = image, matches  + image, would change";
  return text + "\n  " + picture(inspection.sectors);
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
                  {"guard", to_facts(inspection.guard)},
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

std::string describe(const sysboot::Image& image) {
  std::string text =
      fmt::format("image       {}, {}, {} at {}", sysboot::printable(image.name), image.format,
                  sysboot::counted(image.size(), "byte"), sysboot::hex32(image.start()));
  for (const sysboot::Image& part : image.parts) {
    text += fmt::format("\n            {}-{}, {}: {}, {}", sysboot::hex32(part.start()),
                        sysboot::hex32(part.segments.back().end() - 1), human_size(part.size()),
                        sysboot::printable(part.name), part.format);
  }
  for (const sysboot::Segment& segment : image.segments) {
    if (image.segments.size() == 1 || !image.parts.empty()) break;
    text += fmt::format("\n            {}-{}, {}", sysboot::hex32(segment.address),
                        sysboot::hex32(segment.end() - 1), human_size(segment.data.size()));
  }
  if (image.made_for) {
    text += "\nmade for    " + sysboot::usb_id(image.made_for->first, image.made_for->second);
  }
  if (image.uf2_family) text += "\nmade for    " + sysboot::describe_uf2_family(*image.uf2_family);
  return text;
}

Facts facts(const sysboot::Image& image) {
  Facts object = {{"segments", to_facts(image.segments)}};
  if (image.made_for) {
    object["made_for"] = sysboot::usb_id(image.made_for->first, image.made_for->second);
  }
  if (image.uf2_family) object["family"] = sysboot::hex32(*image.uf2_family);
  return object;
}

struct InfoCommand {
  SelectorOptions board;
  VisitFlags how;
  ImageOptions source;

  CommandResult run(Context& context) {
    source.settle();
    const sysboot::VisitOptions options = how.values();
    std::optional<sysboot::Image> image;
    if (!source.files().empty()) image = source.load_for_flash(context.renderer());
    CommandResult outcome = look_at_board(context, image, options);
    if (image) {
      outcome.text = describe(*image) + '\n' + outcome.text;
      outcome.facts.update(source.facts(*image));
      outcome.facts.update(facts(*image));
    }
    return outcome;
  }

  CommandResult look_at_board(Context& context, const std::optional<sysboot::Image>& image,
                              const sysboot::VisitOptions& options) const {
    CommandResult outcome;
    try {
      const sysboot::Inspection inspection =
          sysboot::inspect(context.job(), board.one(), image ? &*image : nullptr, options);
      outcome.text = describe(inspection, image.has_value());
      outcome.facts = facts(inspection);
      add_visit(outcome, inspection.visit);
    } catch (const Error& error) {
      const bool is_needed = !image || !board.one().empty();
      if (error.code() != Errc::no_board || is_needed) throw;
      const auto objection = sysboot::image_problem(*image);
      outcome.text = "board       none is connected";
      if (!objection) return outcome;
      const std::string text = image->parts.empty() ? objection->text() : objection->what();
      outcome.text = "would be    refused: " + text + '\n' + outcome.text;
      outcome.facts["objection"] = text;
    }
    return outcome;
  }
};

}  // namespace

Command add_info(CommandLine& line) {
  auto command = std::make_shared<InfoCommand>();
  OptionList sub = line.add_command("info", "Show what a board is and holds, or what an image is");
  command->source.add_argument(sub, "image", "Image to show, with what flashing it would change");
  command->board.add_to(sub);
  command->how.add_to(sub);
  command->source.add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
