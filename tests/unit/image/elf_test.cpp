// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using namespace files;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct Header {
  std::uint8_t bits = 1;
  std::uint8_t order = 1;
  std::uint16_t type = 2;
  std::uint16_t machine = 40;
  std::uint32_t entry = 0x08000141;
  std::uint32_t programs_at = 52;
  std::uint32_t sections_at = 0;
  std::uint16_t program_size = 32;
  std::uint16_t programs = 0;
  std::uint16_t sections = 0;
};

Bytes encode(const Header& h) {
  return bytes(
             "\x7F"
             "ELF") +
         Bytes{h.bits, h.order, 1} + Bytes(9) + word(h.type) + word(h.machine) + long_word(1) +
         long_word(h.entry) + long_word(h.programs_at) + long_word(h.sections_at) +
         long_word(0x05000400) + word(52) + word(h.program_size) + word(h.programs) + word(40) +
         word(h.sections) + word(0);
}

struct Program {
  std::uint32_t type = 1;
  std::uint32_t offset = 0;
  std::uint32_t virtual_address = 0;
  std::uint32_t physical_address = 0;
  std::uint32_t file_size = 0;
  std::uint32_t memory_size = 0;
};

Bytes encode(const Program& p) {
  return long_word(p.type) + long_word(p.offset) + long_word(p.virtual_address) +
         long_word(p.physical_address) + long_word(p.file_size) + long_word(p.memory_size) +
         long_word(5) + long_word(4);
}

Bytes section(std::uint32_t type, std::uint32_t flags, std::uint32_t offset, std::uint32_t size) {
  return long_word(0) + long_word(type) + long_word(flags) + long_word(0) + long_word(offset) +
         long_word(size) + Bytes(16);
}

// Header, program headers, `data`, section headers.
Bytes file(Header header, const std::vector<Program>& programs, const Bytes& data,
           const std::vector<Bytes>& sections = {}) {
  header.programs = static_cast<std::uint16_t>(programs.size());
  header.sections = static_cast<std::uint16_t>(sections.size());
  const std::size_t data_at = 52 + 32 * programs.size();
  if (!sections.empty()) header.sections_at = static_cast<std::uint32_t>(data_at + data.size());
  Bytes out = encode(header);
  for (const Program& program : programs) out = out + encode(program);
  out = out + data;
  for (const Bytes& entry : sections) out = out + entry;
  return out;
}

constexpr std::uint32_t data_at = 52 + 3 * 32;

// Code and constants, initialised data that is stored behind them, and memory that is only zeroed.
Bytes usual(const Header& header = {}) {
  return file(header,
              {{1, data_at, 0x08000000, 0x08000000, 16, 16},
               {1, data_at + 16, 0x20000000, 0x08000010, 4, 8},
               {1, data_at + 20, 0x20000008, 0x20000008, 0, 64}},
              counting(20));
}

TEST(Elf, SegmentsGoToTheirPhysicalAddresses) {
  const Image image = parse_image(usual());
  EXPECT_EQ(image.format, "elf");
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, counting(20)}));
  EXPECT_EQ(image.entry, 0x08000141U);
}

TEST(Elf, GapsStayGapsAndOtherSegmentsAreNotLoaded) {
  const Image image = parse_image(file({.entry = 0},
                                       {{1, data_at + 2, 0x08008000, 0x08008000, 2, 2},
                                        {1, data_at, 0x08000000, 0x08000000, 2, 2},
                                        {0x70000001, data_at, 0x08000000, 0x08000000, 2, 2}},
                                       counting(4)));
  EXPECT_THAT(image.segments,
              ElementsAre(Segment{0x08000000, {0, 1}}, Segment{0x08008000, {2, 3}}));
  EXPECT_FALSE(image.entry);
}

// What GNU ld makes of a program at 0x08000200: the segment begins with the header, at 0x08000000.
Bytes with_header_in_segment(const std::vector<Bytes>& sections) {
  return file({}, {{1, 0, 0x08000000, 0x08000000, 52 + 32 + 428 + 8, 52 + 32 + 428 + 8}},
              Bytes(428) + counting(8), sections);
}

TEST(Elf, TheHeaderIsNotFlashed) {
  const Bytes debug = section(1, 0, 0, 8);
  const Bytes zeroed = section(8, 3, 100, 8);
  const Bytes empty = section(1, 2, 200, 0);
  const Image image =
      parse_image(with_header_in_segment({debug, zeroed, empty, section(1, 2, 512, 8)}));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000200, counting(8)}));
}

TEST(Elf, AHeaderThatCannotBeToldFromTheProgramIsRefused) {
  const auto problem = AllOf(StartsWith("byte 52: "), HasSubstr("begins with the ELF header"));
  EXPECT_ERROR(parse_image(with_header_in_segment({})), Errc::bad_image, problem);
  EXPECT_ERROR(parse_image(with_header_in_segment({section(1, 0, 512, 8)})), Errc::bad_image,
               problem);
}

TEST(Elf, ProgramHeadersInTheSegmentAreNotFlashedEither) {
  Bytes content = file({}, {{1, 52, 0x08000034, 0x08000034, 32 + 4, 32 + 4}}, counting(4),
                       {section(1, 2, 84, 4)});
  EXPECT_THAT(parse_image(content).segments, ElementsAre(Segment{0x08000054, counting(4)}));
}

struct Bad {
  Bytes content;
  const char* problem;
};

class HostileElf : public testing::TestWithParam<Bad> {};

TEST_P(HostileElf, IsRefused) {
  EXPECT_ERROR(parse_image(GetParam().content), Errc::bad_image, HasSubstr(GetParam().problem));
}

Bytes cut(Bytes content, std::size_t size) {
  content.resize(size);
  return content;
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileElf,
    testing::Values(
        Bad{cut(usual(), 4), "byte 0: the ELF header has 52 bytes, but 4 are left: cut off"},
        Bad{cut(usual(), 51), "but 51 are left"},
        Bad{usual({.bits = 2}), "is 64-bit ELF; an STM32 program is 32-bit"},
        Bad{usual({.bits = 7}), "is ELF of class 7"},
        Bad{usual({.order = 2}), "is big-endian ELF; an STM32 program is little-endian"},
        Bad{usual({.order = 0}), "is ELF with byte order 0"},
        Bad{usual({.machine = 243}), "is ELF for RISC-V; an STM32 program is for ARM"},
        Bad{usual({.machine = 999}), "is ELF for machine 999"},
        Bad{usual({.type = 1}), "is ELF, but a relocatable object file, which is not linked yet"},
        Bad{usual({.type = 3}), "is ELF, but a shared object"},
        Bad{usual({.type = 4}), "is ELF, but a core dump"},
        Bad{usual({.type = 99}), "is ELF, but of type 99"},
        Bad{usual({.program_size = 56}), "byte 28: program headers have 56 bytes, expected 32"},
        Bad{usual({.programs_at = 100}), "byte 28: 3 program headers at byte 100 run past"},
        Bad{usual({.programs_at = 0xFFFFFFFF}), "byte 28: 3 program headers at byte 4294967295"},
        Bad{encode(Header{}), "byte 28: there are no program headers"},
        Bad{cut(usual(), usual().size() - 1),
            "byte 84: a segment of 4 bytes at byte 164 runs past"},
        Bad{file({}, {{1, 0xFFFFFFFF, 0, 0, 0xFFFFFFFF, 0}}, {}),
            "byte 52: a segment of 4294967295"},
        Bad{file({}, {{1, 84, 0, 0xFFFFFFFE, 4, 4}}, counting(4)),
            "byte 52: 4 bytes at 0xFFFFFFFE"},
        // With the ELF header in the segment: what is behind it would be at 0x00000100.
        Bad{file({}, {{1, 0, 0xFFFFFF00, 0xFFFFFF00, 52 + 32 + 428 + 8, 520}},
                 Bytes(428) + counting(8), {section(1, 2, 512, 8)}),
            "byte 52: 520 bytes at 0xFFFFFF00 run past 0xFFFFFFFF"},
        Bad{file({}, {{1, 84, 0, 0, 0, 4}}, {}), "holds no data"},
        Bad{file({}, {{1, 116, 0, 0x08000000, 4, 4}, {1, 116, 0, 0x08000002, 4, 4}}, counting(4)),
            "byte 84: 0x08000002-0x08000003 has bytes here and at byte 52, different ones"}));

// 65,535 headers that share one MiB would be 64 GiB of image.
TEST(HostileElfFile, CannotMakeMoreOfItsBytesThanTheLimit) {
  std::vector<Program> programs;
  const std::uint32_t size = 1 << 20;
  for (std::uint32_t i = 0; i < 100; ++i) {
    programs.push_back({1, 52 + 100 * 32, 0, i * size, size, size});
  }
  EXPECT_ERROR(parse_image(file({}, programs, Bytes(size))), Errc::bad_image,
               AllOf(StartsWith("byte 2100: "), HasSubstr("limit 64 MiB")));
}

// Some linkers write no p_paddr.
TEST(Elf, C5WithoutPhysicalAddressesTheVirtualOnesCount) {
  const Image image = parse_image(file({},
                                       {{1, data_at, 0x08000000, 0, 2, 2},
                                        {1, data_at + 2, 0x20000000, 0, 2, 2},
                                        {1, data_at + 4, 0x08004000, 0, 2, 2}},
                                       counting(6)));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {0, 1}}, Segment{0x08004000, {4, 5}},
                                          Segment{0x20000000, {2, 3}}));
}

TEST(Elf, C5SegmentsThatOverlapMustAgree) {
  const Image image = parse_image(file({},
                                       {{1, data_at, 0, 0x08000000, 4, 4},
                                        {1, data_at + 2, 0, 0x08000002, 4, 4},
                                        {6, 52, 0, 0, 96, 96}},
                                       counting(6)));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, counting(6)}));
}

TEST(Elf, IsNotWritten) {
  EXPECT_ERROR(encode_image(parse_image(usual()), "elf"), Errc::usage,
               HasSubstr("ELF files can be read, but not written"));
}

}  // namespace
}  // namespace sysboot
