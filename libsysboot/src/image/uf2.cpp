// SPDX-License-Identifier: GPL-3.0-or-later
// UF2. Everything is from the README of github.com/microsoft/uf2: "File format", "Flags", "Family
// ID", "Payload sizes".
#include "sysboot/image.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "bytes.hpp"
#include "format.hpp"
#include "segment_bytes.hpp"
#include "segment_collector.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t data_at = 32;
constexpr std::size_t end_magic_at = 508;
constexpr std::size_t most_payload = 476;

constexpr std::uint32_t start_magic = 0x0A324655;  // "UF2\n"
constexpr std::uint32_t second_magic = 0x9E5D5157;
constexpr std::uint32_t end_magic = 0x0AB16F30;

constexpr std::uint32_t flag_not_main_flash = 0x00000001;
constexpr std::uint32_t flag_file_container = 0x00001000;
constexpr std::uint32_t flag_family = 0x00002000;

// "payload size of 256 is always correct", at multiples of it.
constexpr std::uint32_t page_size = 256;

using Family = std::optional<std::uint32_t>;

struct Block {
  Place place;
  std::uint32_t flags;
  std::uint32_t address;
  std::uint32_t number;
  std::uint32_t count;
  Family family;
  ByteView payload;
};

bool recognizes(ByteView content) {
  return content.size() >= 8 && long_word_at(content, 0) == start_magic &&
         long_word_at(content, 4) == second_magic;
}

void check_magic(ByteView bytes, std::size_t at, std::uint32_t expected, Place block) {
  const std::uint32_t seen = long_word_at(bytes, at);
  if (seen == expected) return;
  Place{PlaceUnit::byte, block.number + at}.fail(
      fmt::format("magic number 0x{:08X}, expected 0x{:08X}", seen, expected));
}

Block read_block(ByteView content, std::size_t at) {
  const Place place{PlaceUnit::byte, at};
  if (content.size() - at < block_size) {
    place.fail(fmt::format("a block has {} bytes, but {} are left: the file is cut off", block_size,
                           content.size() - at));
  }
  const ByteView bytes = content.subspan(at, block_size);
  check_magic(bytes, 0, start_magic, place);
  check_magic(bytes, 4, second_magic, place);
  check_magic(bytes, end_magic_at, end_magic, place);
  const std::uint32_t flags = long_word_at(bytes, 8);
  if ((flags & flag_file_container) != 0) place.fail("holds files for a file system, no program");
  const std::uint32_t size = long_word_at(bytes, 16);
  if (size > most_payload) {
    place.fail(fmt::format("a payload of {} bytes, at most {} fit", size, most_payload));
  }
  return {place,
          flags,
          long_word_at(bytes, 12),
          long_word_at(bytes, 20),
          long_word_at(bytes, 24),
          (flags & flag_family) != 0 ? Family(long_word_at(bytes, 28)) : Family(),
          bytes.subspan(data_at, size)};
}

using Blocks = std::vector<Block>;

std::string describe(Family family) {
  return family ? describe_uf2_family(*family) : "no family";
}

[[noreturn]] void reject_mixture(const Blocks& some, const Blocks& others) {
  others.front().place.fail(
      fmt::format("is for {}, but {} is for {}", describe(others.front().family),
                  some.front().place.describe(), describe(some.front().family)));
}

// Files for several families may be put into one, and each board takes what is for it.
const Blocks& for_one_stm32(const std::map<Family, Blocks>& families) {
  const Blocks& first = families.begin()->second;
  if (families.size() == 1) return first;
  const Blocks* chosen = nullptr;
  for (const auto& [family, blocks] : families) {
    if (!family || !is_stm32_family(*family)) continue;
    if (chosen != nullptr) reject_mixture(*chosen, blocks);
    chosen = &blocks;
  }
  const bool all_have_one = families.begin()->first.has_value();
  if (chosen == nullptr || !all_have_one) reject_mixture(first, families.rbegin()->second);
  return *chosen;
}

// Numbers from 0 to the count, each once, in any order.
void check_numbers(const Blocks& blocks) {
  std::vector<const Block*> seen(blocks.size());
  for (const Block& block : blocks) {
    if (block.count != blocks.size()) {
      block.place.fail(fmt::format("is one of {}, but the file has {}",
                                   counted(block.count, "block"), blocks.size()));
    }
    if (block.number >= block.count) {
      block.place.fail(fmt::format("is block {} of {}", block.number, block.count));
    }
    const Block*& first = seen[block.number];
    if (first != nullptr) {
      block.place.fail(fmt::format("is block {} again; the first is at {}", block.number,
                                   first->place.describe()));
    }
    first = &block;
  }
}

void parse(const Source& source, Image& image) {
  std::map<Family, Blocks> families;
  for (std::size_t at = 0; at < source.content.size(); at += block_size) {
    const Block block = read_block(source.content, at);
    families[block.family].push_back(block);
  }
  const Blocks& blocks = for_one_stm32(families);
  check_numbers(blocks);
  SegmentCollector segments(PlaceUnit::byte);
  for (const Block& block : blocks) {
    if ((block.flags & flag_not_main_flash) != 0) continue;
    segments.add(block.address, block.payload, block.place.number);
  }
  image.segments = segments.finish();
  image.uf2_family = blocks.front().family;
}

struct Page {
  std::uint32_t address;
  std::array<std::uint8_t, page_size> data;
};

// Whole pages, which is what every bootloader takes; 0xFF where the image has nothing.
std::vector<Page> pages_of(const Image& image) {
  std::vector<Page> pages;
  for (const Segment& segment : image.segments) {
    for (std::uint64_t at = segment.address; at < segment.end();) {
      const auto address = static_cast<std::uint32_t>(at / page_size * page_size);
      if (pages.empty() || pages.back().address != address) {
        pages.push_back({address, {}});
        pages.back().data.fill(0xFF);
      }
      const std::uint64_t end = std::min(segment.end(), std::uint64_t{address} + page_size);
      const ByteView bytes = bytes_of(segment, at, end);
      std::copy(bytes.begin(), bytes.end(),
                pages.back().data.begin() + static_cast<std::ptrdiff_t>(at - address));
      at = end;
    }
  }
  return pages;
}

Bytes encode(const Image& image) {
  const std::vector<Page> pages = pages_of(image);
  Bytes file;
  file.reserve(pages.size() * block_size);
  for (std::size_t number = 0; number < pages.size(); ++number) {
    append_long_word(file, start_magic);
    append_long_word(file, second_magic);
    append_long_word(file, image.uf2_family ? flag_family : 0);
    append_long_word(file, pages[number].address);
    append_long_word(file, page_size);
    append_long_word(file, static_cast<std::uint32_t>(number));
    append_long_word(file, static_cast<std::uint32_t>(pages.size()));
    append_long_word(file, image.uf2_family.value_or(0));
    append(file, pages[number].data);
    file.resize(number * block_size + end_magic_at, 0xFF);
    append_long_word(file, end_magic);
  }
  return file;
}

}  // namespace

const Format uf2{"uf2", "UF2", {".uf2"}, recognizes, parse, encode};

}  // namespace sysboot
