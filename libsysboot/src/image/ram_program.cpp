// SPDX-License-Identifier: GPL-3.0-or-later
#include "ram_program.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/loadable_ram.hpp"
#include "memories.hpp"
#include "memory_map.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "vector_table.hpp"

namespace sysboot {
namespace {

constexpr std::uint32_t word = 4;

bool is_in_ram(const Segment& segment) {
  return memory_at(segment.address).kind == MemoryKind::ram &&
         segment.end() <= memory_at(segment.address).end;
}

std::optional<std::string> table_problem(const Image& image) {
  const auto table = vector_table(image);
  if (!table) return counted(image.size(), "byte") + " cannot begin with a vector table";
  if (auto problem = first_words_problem(image, ram_table_alignment)) return problem;
  const std::uint32_t reset = table->reset;
  if (is_inside(image, reset - 1)) return std::nullopt;
  return fmt::format("its second word {}, the reset vector, points outside the image",
                     hex32(reset));
}

// Nobody said where it goes, and where it would go it does not belong.
void refuse_assumed_address(const Image& image) {
  const auto table = vector_table(image);
  const bool is_for_ram =
      table && table->reset % 2 != 0 && memory_at(table->reset).kind == MemoryKind::ram;
  if (!image.is_address_assumed || !is_for_ram) return;
  throw Error(Errc::usage,
              fmt::format("is a raw binary, which does not say where in RAM it goes; its reset "
                          "vector is {}",
                          hex32(table->reset)),
              image.name)
      .with_remedy(image.name);
}

void require_ram(const Image& image) {
  const auto& all = image.segments;
  const auto for_flash = std::find_if(all.begin(), all.end(), [](const Segment& segment) {
    return memory_at(segment.address).kind == MemoryKind::flash;
  });
  if (for_flash != all.end()) {
    const bool is_mixed = std::any_of(all.begin(), all.end(), is_in_ram);
    throw Error(Errc::image_does_not_fit,
                fmt::format("has {} at {}, which is internal flash{}; only what is in RAM as a "
                            "whole is loaded there",
                            human_size(for_flash->data.size()), hex32(for_flash->address),
                            is_mixed ? ", beside what is in RAM" : ""),
                image.name)
        .with_remedy("flash");
  }
  for (const Segment& segment : all) {
    if (is_in_ram(segment)) continue;
    throw Error(Errc::image_does_not_fit,
                fmt::format("has {} at {}, which is {}; programs are only loaded into RAM from "
                            "0x20000000 on",
                            human_size(segment.data.size()), hex32(segment.address),
                            memory_at(segment.address).name),
                image.name);
  }
}

}  // namespace

void require_ram_program(const Image& image, bool force) {
  refuse_assumed_address(image);
  require_ram(image);
  const auto problem = table_problem(image);
  if (!problem || force) return;
  throw Error(Errc::bad_image, "this is no program for RAM: " + *problem, image.name)
      .unless_forced();
}

std::vector<Segment> ram_words(const Image& image) {
  std::vector<Segment> words;
  for (const Segment& segment : image.segments) {
    const std::uint32_t first = segment.address / word * word;
    if (words.empty() || words.back().end() < first) words.push_back({first, {}});
    Bytes& data = words.back().data;
    data.resize(segment.address - words.back().address);
    data.insert(data.end(), segment.data.begin(), segment.data.end());
    data.resize((data.size() + word - 1) / word * word);
  }
  return words;
}

std::optional<std::string> entry_problem(const Image& image) {
  const auto table = vector_table(image);
  if (!image.entry || !table || (*image.entry | 1) == (table->reset | 1)) return std::nullopt;
  return fmt::format("{} says that it starts at {}; started is what its vector table says, {}",
                     image.name, hex32(*image.entry), hex32(table->reset));
}

}  // namespace sysboot
