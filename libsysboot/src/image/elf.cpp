// SPDX-License-Identifier: GPL-3.0-or-later
// ELF executables for ARM, read by physical address as a loader
// does it. Offsets and values: Tool
// Interface Standard ELF 1.2, book I, figures 1-3, 1-8 and 2-1; EM_ARM: ELF for the Arm
// Architecture, section 5.2.
#include <fmt/core.h>

#include <algorithm>

#include "bytes.hpp"
#include "format.hpp"
#include "segment_collector.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::size_t header_size = 52;
constexpr std::size_t program_header_size = 32;
constexpr std::size_t section_header_size = 40;

constexpr std::uint16_t type_executable = 2;
constexpr std::uint16_t machine_arm = 40;
constexpr std::uint32_t segment_load = 1;
constexpr std::uint32_t section_nobits = 8;
constexpr std::uint32_t section_alloc = 2;

bool recognizes(ByteView content) {
  return starts_with(content, "\177ELF");
}

std::string type_name(std::uint16_t type) {
  switch (type) {
    case 1: return "a relocatable object file, which is not linked yet";
    case 3: return "a shared object, or position-independent";
    case 4: return "a core dump";
    default: return fmt::format("of type {}", type);
  }
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case 3: return "x86";
    case 62: return "x86-64";
    case 83: return "AVR";
    case 94: return "Xtensa";
    case 183: return "AArch64";
    case 243: return "RISC-V";
    default: return fmt::format("machine {}", machine);
  }
}

// A segment whose bytes are in the file.
struct ProgramHeader {
  std::size_t place;      // of the header itself, in the file
  std::uint32_t offset;   // of the bytes, in the file
  std::uint32_t used_at;  // p_vaddr: where the program uses them
  std::uint32_t address;  // p_paddr: where they are stored
  std::uint32_t size;     // p_filesz: what is beyond is zeroed by the program itself

  std::uint64_t end() const { return std::uint64_t{offset} + size; }
};

[[noreturn]] void refuse(const std::string& what, std::string_view expected) {
  throw Error(Errc::bad_image, fmt::format("is {}; an STM32 program is {}", what, expected));
}

// Only what keeps a file from being a program for an STM32; the rest is the linker's business.
void check_header(ByteView content) {
  if (content.size() < header_size) {
    Place{PlaceUnit::byte, 0}.fail(fmt::format(
        "the ELF header has {} bytes, but {} are left: cut off", header_size, content.size()));
  }
  const std::uint8_t bits = content[4];
  if (bits != 1) refuse(bits == 2 ? "64-bit ELF" : fmt::format("ELF of class {}", bits), "32-bit");
  const std::uint8_t order = content[5];
  if (order != 1) {
    refuse(order == 2 ? "big-endian ELF" : fmt::format("ELF with byte order {}", order),
           "little-endian");
  }
  const std::uint16_t machine = word_at(content, 18);
  if (machine != machine_arm) refuse("ELF for " + machine_name(machine), "for ARM");
  const std::uint16_t type = word_at(content, 16);
  if (type != type_executable) refuse("ELF, but " + type_name(type), "an executable");
}

// The entries of a table whose offset, entry size and count stand in the header at these places.
struct Table {
  std::size_t offset;
  std::size_t count;
  std::size_t entry_size;

  std::uint64_t end() const { return offset + std::uint64_t{count} * entry_size; }
};

Table program_header_table(ByteView content) {
  const Table table{long_word_at(content, 28), word_at(content, 44), program_header_size};
  const Place place{PlaceUnit::byte, 28};
  if (table.count == 0) place.fail("there are no program headers: is it linked?");
  if (word_at(content, 42) != program_header_size) {
    place.fail(fmt::format("program headers have {} bytes, expected {}", word_at(content, 42),
                           program_header_size));
  }
  if (table.end() > content.size()) {
    place.fail(fmt::format("{} program headers at byte {} run past the end of the file, byte {}",
                           table.count, table.offset, content.size()));
  }
  return table;
}

// Some linkers leave p_paddr empty: the bytes are stored where they are used then (BFD does so,
// too).
void place_where_used(std::vector<ProgramHeader>& headers) {
  const bool are_placed =
      std::any_of(headers.begin(), headers.end(),
                  [](const ProgramHeader& header) { return header.address != 0; });
  if (are_placed) return;
  for (ProgramHeader& header : headers) header.address = header.used_at;
}

// In the file and in the address space. Error: bad_image.
void check_bounds(const ProgramHeader& segment, ByteView content) {
  const Place place{PlaceUnit::byte, segment.place};
  if (segment.end() > content.size()) {
    place.fail(
        fmt::format("a segment of {} bytes at byte {} runs past the end of the file, byte {}",
                    segment.size, segment.offset, content.size()));
  }
  if (segment.address + std::uint64_t{segment.size} > std::uint64_t{1} << 32) {
    place.fail(
        fmt::format("{} bytes at {} run past 0xFFFFFFFF", segment.size, hex32(segment.address)));
  }
}

std::vector<ProgramHeader> segments_to_load(ByteView content, const Table& table) {
  std::vector<ProgramHeader> headers;
  for (std::size_t i = 0; i < table.count; ++i) {
    const std::size_t at = table.offset + i * table.entry_size;
    const ProgramHeader header{at, long_word_at(content, at + 4), long_word_at(content, at + 8),
                               long_word_at(content, at + 12), long_word_at(content, at + 16)};
    if (long_word_at(content, at) == segment_load && header.size > 0) headers.push_back(header);
  }
  place_where_used(headers);
  return headers;
}

// Where the sections start that have bytes in the file and a place in memory, in order; none when
// they are not listed.
std::vector<std::size_t> section_offsets(ByteView content) {
  const Table table{long_word_at(content, 32), word_at(content, 48), section_header_size};
  std::vector<std::size_t> offsets;
  if (table.end() > content.size() || word_at(content, 46) != section_header_size) return offsets;
  for (std::size_t i = 0; i < table.count; ++i) {
    const std::size_t at = table.offset + i * table.entry_size;
    const bool has_bytes = long_word_at(content, at + 4) != section_nobits &&
                           (long_word_at(content, at + 8) & section_alloc) != 0 &&
                           long_word_at(content, at + 20) > 0;
    if (has_bytes) offsets.push_back(long_word_at(content, at + 16));
  }
  std::sort(offsets.begin(), offsets.end());
  return offsets;
}

// GNU ld lets the first segment begin with the ELF header itself, at a lower address, when the
// program does not start on a page: bytes that would overwrite what is in front of the program,
// such as a bootloader. They end where the first section starts.
std::size_t bytes_of_header(const ProgramHeader& segment, const Table& table,
                            const std::vector<std::size_t>& sections) {
  const bool has_header = segment.offset < header_size ||
                          (segment.offset < table.end() && table.offset < segment.end());
  if (!has_header) return 0;
  const auto first = std::lower_bound(sections.begin(), sections.end(), segment.offset);
  if (first == sections.end() || *first >= segment.end()) {
    Place{PlaceUnit::byte, segment.place}.fail(
        "this segment begins with the ELF header, and no section says where the program begins");
  }
  return *first - segment.offset;
}

void parse(const Source& source, Image& image) {
  const ByteView content = source.content;
  check_header(content);
  const Table table = program_header_table(content);
  const std::vector<std::size_t> sections = section_offsets(content);
  SegmentCollector segments(PlaceUnit::byte);
  for (const ProgramHeader& segment : segments_to_load(content, table)) {
    check_bounds(segment, content);
    const std::size_t skipped = bytes_of_header(segment, table, sections);
    segments.add(segment.address + static_cast<std::uint32_t>(skipped),
                 content.subspan(segment.offset + skipped, segment.size - skipped), segment.place);
  }
  image.segments = segments.finish();
  if (const std::uint32_t entry = long_word_at(content, 24); entry != 0) image.entry = entry;
}

}  // namespace

const Format elf{"elf", "ELF", {".elf", ".axf", ".out"}, recognizes, parse, nullptr};

}  // namespace sysboot
