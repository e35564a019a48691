// SPDX-License-Identifier: GPL-3.0-or-later
#include "memories.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "segment_bytes.hpp"
#include "sysboot/error.hpp"
#include "sysboot/image.hpp"
#include "wrapped.hpp"

namespace sysboot {
namespace {

constexpr auto in_flash = MemoryKind::flash;
constexpr auto in_ram = MemoryKind::ram;
constexpr auto elsewhere = MemoryKind::other;

// Memory maps of the reference manuals: RM0008 F1, RM0091 F0, RM0316 F3, RM0033 F2, RM0090 F4,
// RM0385 F7, RM0433 H7, RM0481 H5, RM0456 U5, RM0438 L5, RM0351 L4, RM0444 G0, RM0440 G4, RM0434
// WB, RM0367 L0, RM0038 L1. What is flash on any of them, or may be, counts as flash: the device's
// layout decides later.
constexpr std::array<Memory, 28> memory_map = {{
    {0x00000000, 0x00200000, elsewhere, "what the chip boots from, or ITCM RAM"},
    {0x00200000, 0x00400000, elsewhere, "the ITCM alias of flash (STM32F7)"},
    {0x00400000, 0x08000000, elsewhere, "no memory of an STM32"},
    {0x08000000, 0x0A000000, in_flash, "internal flash"},
    {0x0A000000, 0x0BF00000, in_ram, "RAM"},
    {0x0BF00000, 0x0C000000, elsewhere, "system memory or OTP (STM32H5, L5, U5)"},
    {0x0C000000, 0x0E000000, in_flash, "internal flash, secure alias"},
    {0x0E000000, 0x10000000, in_ram, "RAM"},
    {0x10000000, 0x10080000, elsewhere, "CCM RAM or SRAM2"},
    {0x10080000, 0x1FF00000, elsewhere, "no memory of an STM32"},
    {0x1FF00000, 0x1FF80000, elsewhere, "system memory or OTP (STM32F7, H7, L0, L1)"},
    {0x1FF80000, 0x1FFEC000, elsewhere, "option bytes (STM32L0, L1)"},
    {0x1FFEC000, 0x1FFF0000, elsewhere, "option bytes (STM32F42x, F43x)"},
    {0x1FFF0000, 0x1FFF7000, elsewhere, "system memory, or option bytes (STM32F7)"},
    {0x1FFF7000, 0x1FFF7800, elsewhere, "system memory, or OTP (STM32L4, G0, G4, WB)"},
    {0x1FFF7800, 0x1FFF8000, elsewhere, "OTP (STM32F2, F4) or option bytes (STM32L4, G0, G4)"},
    {0x1FFF8000, 0x1FFFC000, elsewhere, "system memory, or option bytes (STM32WB)"},
    {0x1FFFC000, 0x1FFFC400, elsewhere, "option bytes (STM32F2, F4)"},
    {0x1FFFC400, 0x1FFFF800, elsewhere, "system memory (STM32F0, F1, F3)"},
    {0x1FFFF800, 0x20000000, elsewhere, "option bytes (STM32F0, F1, F3, L4)"},
    {0x20000000, 0x40000000, in_ram, "RAM"},
    {0x40000000, 0x52002000, elsewhere, "registers"},
    {0x52002000, 0x52002400, elsewhere, "flash registers, option bytes among them (STM32H7)"},
    {0x52002400, 0x60000000, elsewhere, "registers"},
    {0x60000000, 0x90000000, elsewhere, "external memory (FMC, OCTOSPI)"},
    {0x90000000, 0xA0000000, elsewhere, "external flash (QSPI, OCTOSPI)"},
    {0xA0000000, 0xE0000000, elsewhere, "external memory or its registers (FMC, SDRAM)"},
    {0xE0000000, 0x100000000, elsewhere, "registers of the core"},
}};

// The parts of a segment, each in one memory.
std::vector<Segment> parts_of(const Segment& segment) {
  std::vector<Segment> parts;
  for (std::uint64_t at = segment.address; at < segment.end();) {
    const auto address = static_cast<std::uint32_t>(at);
    const std::uint64_t end = std::min(segment.end(), memory_at(address).end);
    const ByteView bytes = bytes_of(segment, at, end);
    parts.push_back({address, {bytes.begin(), bytes.end()}});
    at = end;
  }
  return parts;
}

// What is left out of one memory.
struct LeftOut {
  std::uint32_t first = 0;
  std::uint64_t bytes = 0;
};
using AllLeftOut = std::map<const Memory*, LeftOut>;

std::string describe(const Memory& memory, const LeftOut& left_out) {
  return fmt::format("{} at {}, {}", human_size(left_out.bytes), hex32(left_out.first),
                     memory.name);
}

struct Sorted {
  std::vector<Segment> flash;
  AllLeftOut left_out;
};

Sorted by_memory(const Image& image) {
  Sorted sorted;
  for (const Segment& segment : image.segments) {
    for (Segment& part : parts_of(segment)) {
      const Memory& memory = memory_at(part.address);
      if (memory.kind == in_flash) {
        sorted.flash.push_back(std::move(part));
        continue;
      }
      const auto entry = sorted.left_out.try_emplace(&memory, LeftOut{part.address, 0}).first;
      entry->second.bytes += part.data.size();
    }
  }
  return sorted;
}

// Why nothing is left.
Error nothing_for_flash(const Image& image, const AllLeftOut& left_out) {
  const Error error(
      Errc::image_does_not_fit,
      fmt::format("goes to {}, which is {}; internal flash is at {}", hex32(image.start()),
                  memory_at(image.start()).name, hex32(flash_base)),
      image.name);
  const bool is_for_ram = std::all_of(left_out.begin(), left_out.end(),
                                      [](const auto& left) { return left.first->kind == in_ram; });
  return is_for_ram ? error.with_remedy("run") : error;
}

}  // namespace

std::span<const Memory> memories() {
  return memory_map;
}

const Memory& memory_at(std::uint32_t address) {
  return *std::find_if(memory_map.begin(), memory_map.end(),
                       [&](const Memory& memory) { return address < memory.end; });
}

void require_flash_addresses(const Image& image) {
  for (const Segment& segment : image.segments) {
    const Memory& memory = memory_at(segment.address);
    if (memory.kind == in_flash && segment.end() <= memory.end) continue;
    const std::uint64_t address = memory.kind == in_flash ? memory.end : segment.address;
    throw Error(Errc::image_does_not_fit,
                fmt::format("{} is {}, no internal flash", hex32(address),
                            memory_at(static_cast<std::uint32_t>(address)).name),
                image.name);
  }
}

Image for_flash(Image image, bool only_flash) {
  if (!image.parts.empty()) {
    for (Image& part : image.parts) part = for_flash(std::move(part), only_flash);
    return merge_images(std::move(image.parts));
  }
  Sorted sorted = by_memory(image);
  if (sorted.flash.empty()) throw nothing_for_flash(image, sorted.left_out);
  for (const auto& [memory, left_out] : sorted.left_out) {
    const std::string what = describe(*memory, left_out);
    if (memory->kind == elsewhere && !only_flash) {
      throw Error(Errc::not_only_flash, "has " + what + ", beside what is for internal flash",
                  image.name);
    }
    image.notes.push_back("left out: " + what);
  }
  image.segments = std::move(sorted.flash);
  if (image.start() != flash_base && is_mcuboot_image(image.segments.front().data)) {
    image.notes.push_back(
        fmt::format("is an MCUboot image: the chip does not start it, a bootloader at {} has to",
                    hex32(flash_base)));
  }
  return image;
}

}  // namespace sysboot
