// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector_table.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "bytes.hpp"
#include "memory_map.hpp"
#include "sysboot/image.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// Cortex-M needs the table at a multiple of 128 at least (ARMv7-M ARM, B3.2.5, VTOR).
constexpr std::uint32_t table_alignment = 128;

// Where it is, as all of flash is named.
std::uint64_t place_of(std::uint32_t address) {
  return in_flash(address).value_or(address);
}

// The image has no segment there.
std::string where_outside(const Image& image, std::uint32_t reset) {
  if (!in_flash(reset)) return "is not in flash, for which STM32 programs are linked";
  return fmt::format(
      "points outside the image, which goes to {}-{}: it is linked for another address, or not "
      "whole",
      hex32(image.start()), hex32(static_cast<std::uint32_t>(image.segments.back().end() - 1)));
}

}  // namespace

std::optional<VectorTable> vector_table(const Image& image) {
  const Bytes& start = image.segments.front().data;
  if (start.size() < 8) return std::nullopt;
  return VectorTable{long_word_at(start, 0), long_word_at(start, 4)};
}

bool is_inside(const Image& image, std::uint32_t address) {
  const std::uint64_t place = place_of(address);
  return std::any_of(image.segments.begin(), image.segments.end(), [&](const Segment& segment) {
    const std::uint64_t start = place_of(segment.address);
    return place >= start && place - start < segment.data.size();
  });
}

std::optional<std::string> first_words_problem(const Image& image, std::uint32_t alignment) {
  const auto table = vector_table(image);
  if (!table) return counted(image.size(), "byte") + " cannot hold a vector table";
  if (image.start() % alignment != 0) {
    return fmt::format("its address {} is not a multiple of {}, as a vector table needs",
                       hex32(image.start()), alignment);
  }
  if (!is_stack_pointer(table->initial_sp)) {
    return fmt::format("its first word {}, the initial stack pointer, is not in RAM",
                       hex32(table->initial_sp));
  }
  if (table->reset % 2 == 0) {
    return fmt::format("its second word {}, the reset vector, is even, but Thumb code needs it odd",
                       hex32(table->reset));
  }
  return std::nullopt;
}

std::optional<std::string> vector_table_problem(const Image& image) {
  if (auto problem = first_words_problem(image, table_alignment)) return problem;
  const std::uint32_t reset = vector_table(image)->reset;
  if (is_inside(image, reset - 1)) return std::nullopt;
  return "its second word " + hex32(reset) + ", the reset vector, " +
         where_outside(image, reset - 1);
}

}  // namespace sysboot
