// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bytes.hpp"
#include "sysboot/counted.hpp"
#include "sysboot/image.hpp"

namespace sysboot {
namespace {

struct Window {
  std::uint32_t first;
  std::uint64_t end;
};

// Where RAM is on STM32 parts (memory maps of RM0383 F4, RM0433 H7, RM0456 U5). Generous: this is
// to tell firmware from other files, not one part from another.
constexpr std::array<Window, 5> ram_windows = {{
    {0x20000000, 0x20400000},  // SRAM, DTCM; U5 has the most
    {0x10000000, 0x10020000},  // CCM of F4, SRAM2 of L4
    {0x24000000, 0x24100000},  // AXI SRAM of H7
    {0x30000000, 0x30050000},  // D2 SRAM of H7
    {0x38000000, 0x38010000},  // D3 SRAM of H7
}};

// Cortex-M needs the table at a multiple of 128 at least (ARMv7-M ARM, B3.2.5, VTOR).
constexpr std::uint32_t table_alignment = 128;

// A stack grows down from its first word, so the end of RAM is inside and its start is not.
bool is_stack_top(std::uint32_t address) {
  return std::any_of(ram_windows.begin(), ram_windows.end(),
                     [&](const Window& ram) { return address > ram.first && address <= ram.end; });
}

bool is_inside(const Image& image, std::uint32_t address) {
  return std::any_of(image.segments.begin(), image.segments.end(), [&](const Segment& segment) {
    return address >= segment.address && address < segment.end();
  });
}

}  // namespace

std::optional<VectorTable> vector_table(const Image& image) {
  const Bytes& start = image.segments.front().data;
  if (start.size() < 8) return std::nullopt;
  return VectorTable{long_word_at(start, 0), long_word_at(start, 4)};
}

std::optional<std::string> vector_table_problem(const Image& image) {
  const auto table = vector_table(image);
  if (!table) return counted(image.size(), "byte") + " cannot hold a vector table";
  if (image.start() % table_alignment != 0) {
    return fmt::format("its address {} is not a multiple of {}, as a vector table needs",
                       hex32(image.start()), table_alignment);
  }
  if (!is_stack_top(table->initial_sp) || table->initial_sp % 4 != 0) {
    return fmt::format("its first word {}, the initial stack pointer, is not in RAM",
                       hex32(table->initial_sp));
  }
  if (table->reset % 2 == 0) {
    return fmt::format("its second word {}, the reset vector, is even, but Thumb code needs it odd",
                       hex32(table->reset));
  }
  if (!is_inside(image, table->reset - 1)) {
    return fmt::format("its second word {}, the reset vector, points outside the image",
                       hex32(table->reset));
  }
  return std::nullopt;
}

}  // namespace sysboot
