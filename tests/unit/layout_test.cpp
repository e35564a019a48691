// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/layout.hpp"

#include <array>

#include "oracle.h"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Access access_of(char letter) {
  return Access::from_letter(letter);
}

TEST(Layout, F411) {
  const MemoryLayout layout =
      parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg");
  EXPECT_EQ(layout.name, "Internal Flash");
  const std::vector<SectorRun> runs = {{0x08000000, 4, 16 * 1024, access_of('g')},
                                       {0x08010000, 1, 64 * 1024, access_of('g')},
                                       {0x08020000, 3, 128 * 1024, access_of('g')}};
  EXPECT_EQ(layout.runs, runs);
  EXPECT_EQ(layout.size(), 512U * 1024);
  EXPECT_EQ(layout.describe(), "0x08000000-0x0807FFFF");
}

TEST(Layout, LettersAreThreeBits) {
  EXPECT_EQ(access_of('a').describe(), "r--");
  EXPECT_EQ(access_of('b').describe(), "-e-");
  EXPECT_EQ(access_of('c').describe(), "re-");
  EXPECT_EQ(access_of('d').describe(), "--w");
  EXPECT_EQ(access_of('e').describe(), "r-w");
  EXPECT_EQ(access_of('f').describe(), "-ew");
  EXPECT_EQ(access_of('g').describe(), "rew");
}

TEST(Layout, GapsBetweenAddressGroups) {
  const MemoryLayout layout =
      parse_layout("@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e");
  EXPECT_EQ(layout.describe(), "0x1FFFC000-0x1FFFC00F, 0x1FFEC000-0x1FFEC00F");
  EXPECT_EQ(layout.contiguous_end(0x1FFFC000), 0x1FFFC010U);
  EXPECT_FALSE(layout.sector_at(0x1FFFC010));
}

TEST(Layout, SectorAt) {
  const MemoryLayout layout =
      parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg");
  const auto at = [&](std::uint64_t address) { return layout.sector_at(address)->address; };
  EXPECT_EQ(at(0x08000000), 0x08000000U);
  EXPECT_EQ(at(0x0800FFFF), 0x0800C000U);
  EXPECT_EQ(at(0x08010000), 0x08010000U);
  EXPECT_EQ(at(0x0807FFFF), 0x08060000U);
  EXPECT_FALSE(layout.sector_at(0x08080000));
  EXPECT_FALSE(layout.sector_at(0x07FFFFFF));
  EXPECT_EQ(layout.contiguous_end(0x08004000), 0x08080000U);
  EXPECT_EQ(layout.contiguous_end(0x20000000), 0x20000000U) << "outside";
}

TEST(Layout, MemoryMayEndWithTheAddressSpace) {
  const MemoryLayout layout = parse_layout("@Device Feature/0xFFFF0000/1*64Ke");
  EXPECT_EQ(layout.runs.front().end(), std::uint64_t{1} << 32);
  EXPECT_EQ(layout.sector_at(0xFFFFFFFF)->address, 0xFFFF0000U);
  EXPECT_EQ(layout.contiguous_end(0xFFFF0000), std::uint64_t{1} << 32);
}

// Every string that a real device was seen to send; dfu-util must read the same from each.
class RealLayout : public testing::TestWithParam<const char*> {};

TEST_P(RealLayout, ReadsAsDfuUtilReadsIt) {
  std::array<oracle_segment, 64> expected{};
  const std::size_t count = oracle_parse_layout(GetParam(), expected.data(), expected.size());
  const MemoryLayout layout = parse_layout(GetParam());
  ASSERT_EQ(layout.runs.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const SectorRun& run = layout.runs[i];
    EXPECT_EQ(run.address, expected[i].start);
    EXPECT_EQ(run.end(), std::uint64_t{expected[i].end} + 1);
    EXPECT_EQ(static_cast<int>(run.sector_size), expected[i].sector_size);
    EXPECT_EQ(run.access, access_of(static_cast<char>(expected[i].access))) << "run " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Strings, RealLayout,
    testing::Values(
        // F411
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg",
        "@Option Bytes  /0x1FFFC000/01*016 e", "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
        "@Device Feature/0xFFFF0000/01*004 e",
        // F401xC, F40x, F42x with two banks, F413 with a count of three digits
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,01*128Kg",
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg",
        "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e",
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg",
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,011*128Kg",
        "@Device Feature/0xFFFF0000/01*004 g",
        // F72x, F74x
        "@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg", "@OTP Memory /0x1FF07800/01*528e",
        "@Option Bytes  /0x1FFF0000/01*048 e",
        "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg",
        // F303, F042, F072, F105
        "@Internal Flash  /0x08000000/128*0002Kg", "@Option Bytes  /0x1FFFF800/01*016 e",
        "@Internal Flash  /0x08000000/032*0001Kg", "@Internal Flash  /0x08000000/064*0002Kg",
        "@Internal Flash  /0x08000000/128*002Kg",
        // L0x2: the unit is missing
        "@DATA Memory /0x08080000/2*3Ke", "@Option Bytes  /0x1FF80000/01*032 e",
        "@Internal Flash  /0x08000000/1536*128g",
        // L47x, L412
        "@Internal Flash  /0x08000000/0256*0002Kg", "@Option Bytes  /0x1FFF7800/01*040 e",
        "@OTP Memory /0x1FFF7000/01*0001Ke", "@OTP Memory   /0x1FFF7000/01*01Ke",
        "@Option Bytes   /0x1FFF7800/01*40Be", "@Internal Flash   /0x08000000/64*02Kg",
        // G474, G0C1, H743, H7A3, H563, U585
        "@OTP Memory   /0x1FFF7000/01*1024 e",
        "@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e",
        "@Internal Flash   /0x08000000/256*02Kg", "@Option Bytes   /0x5200201C/01*128 e",
        "@Internal Flash   /0x08000000/16*128Kg", "@OTP Memory   /0x08FFF000/01*1024 e",
        "@Option Bytes   /0x5200201C/01*297 e", "@Internal Flash   /0x08000000/256*08Kg",
        "@OTP Memory   /0x0BFA0000/01*512 e", "@Option Bytes   /0x40022040/01*64 e",
        // C071: a malformed unit; C5
        "@ENGI Bytes        /0x1FFF6C00/01*1024.e", "@OTP Memory        /0x1FFF6800/01*1024 e",
        "@OB Bytes          /0x40022020/01*136 e", "@Internal Flash    /0x08000000/128*02Kg",
        "@Internal Flash /0x08000000/64*08Kg",
        // GD32VF103, AT32F437, application bootloaders
        "@Internal Flash  /0x08000000/512*002Kg", "@Option Bytes  /0x1FFFF800/01*016Be",
        "@Internal Flash   /0x08000000/08*04Ka,1000*04Kg", "@Option byte   /0x1FFFC000/01*512 g",
        "@Option byte   /0x1FFFC000/01*4096 g", "@Internal Flash   /0x08000000/128*001Kg",
        "@Flash /0x90000000/64*4Kg/0x90040000/60*64Kg/0x90400000/60*64Kg",
        "@Internal Flash  /0x08000000/256*04Kg"));

struct BadLayout {
  const char* text;
  const char* problem;
};

class HostileLayout : public testing::TestWithParam<BadLayout> {};

TEST_P(HostileLayout, IsRefusedWithThePlace) {
  EXPECT_ERROR(parse_layout(GetParam().text), Errc::protocol,
               AllOf(HasSubstr(GetParam().problem), HasSubstr("at character ")));
}

INSTANTIATE_TEST_SUITE_P(
    Strings, HostileLayout,
    testing::Values(
        BadLayout{"", "expected '@' at the start"}, BadLayout{"Internal Flash", "expected '@'"},
        BadLayout{"@", "expected a name"}, BadLayout{"@/0x08000000/1*1Kg", "expected a name"},
        BadLayout{"@Flash", "expected '/' before an address"},
        BadLayout{"@Flash/", "expected '0' of an address"},
        BadLayout{"@Flash/08000000/1*1Kg", "expected 'x' of an address"},
        BadLayout{"@Flash/0x/1*1Kg", "expected an address"},
        BadLayout{"@Flash/0x108000000/1*1Kg", "an address is beyond 32 bits"},
        BadLayout{"@Flash/0x08000000", "expected '/' behind the address"},
        BadLayout{"@Flash/0x08000000/", "expected a sector count"},
        BadLayout{"@Flash/0x08000000/1", "expected '*'"},
        BadLayout{"@Flash/0x08000000/1*", "expected a sector size"},
        BadLayout{"@Flash/0x08000000/1*1", "expected an access letter"},
        BadLayout{"@Flash/0x08000000/1*1K", "expected an access letter"},
        BadLayout{"@Flash/0x08000000/1*1Kz", "expected an access letter"},
        BadLayout{"@Flash/0x08000000/1*1Kg,", "expected a sector count"},
        BadLayout{"@Flash/0x08000000/1*1Kg/", "expected '0' of an address"},
        BadLayout{"@Flash/0x08000000/1*1Kgg", "expected '/' before an address"},
        BadLayout{"@Flash/0x08000000/0*1Kg", "a sector count of 0"},
        BadLayout{"@Flash/0x08000000/1*0Kg", "a sector size of 0"},
        BadLayout{"@Flash/0x08000000/-1*1Kg", "expected a sector count"},
        BadLayout{"@Flash/0x08000000/4294967296*1 g", "a sector count is beyond 32 bits"},
        BadLayout{"@Flash/0x08000000/1*99999999999999999999 g", "a sector size is beyond 32 bits"},
        BadLayout{"@Flash/0x08000000/1*4294967295Mg", "runs past 0xFFFFFFFF"},
        BadLayout{"@Flash/0x08000000/1*4096Mg", "runs past 0xFFFFFFFF"},
        BadLayout{"@Flash/0x08000000/4294967295*4294967295 g", "runs past 0xFFFFFFFF"},
        BadLayout{"@Flash/0xFFFFFFFF/2*1 g", "runs past 0xFFFFFFFF"},
        BadLayout{"@Flash/0x08000000/2*1Kg/0x08000400/1*1Kg", "overlaps itself"},
        BadLayout{"@Flash/0x08000000/1*1Kg/0x07FFFFFF/1*2 g", "overlaps itself"}));

INSTANTIATE_TEST_SUITE_P(
    D3Limits, HostileLayout,
    testing::Values(
        BadLayout{"@Flash/0x08000000/4160749568*1 g", "4160749568 sectors, more than 65536,"},
        BadLayout{"@Flash/0x08000000/65537*1 g", "65537 sectors, more than 65536,"},
        BadLayout{"@Flash/0x08000000/65535*1 g,2*1 g", "65537 sectors, more than 65536,"},
        BadLayout{"@Flash/0x08000000/1*1048577 g", "sectors of 1048577 bytes, more than 1 MiB,"},
        BadLayout{"@Flash/0x08000000/1*2Mg", "sectors of 2097152 bytes, more than 1 MiB,"},
        BadLayout{"@Flash/0x08000000/65*1Mg", "memory of 68157440 bytes, more than 64 MiB,"},
        BadLayout{"@Flash/0x08000000/63*1Mg,1*1Mg/0x90000000/1*1 g",
                  "memory of 67108865 bytes, more than 64 MiB,"},
        // SPRacing's loader for external flash
        BadLayout{"@External Flash /0x90000000/998*128Kg,1*128Kg,4*128Kg,21*128Ka",
                  "memory of 130809856 bytes, more than 64 MiB,"}));

TEST(Layout, D3TheLimitsThemselvesAreAllowed) {
  const MemoryLayout most = parse_layout("@QSPI/0x90000000/65536*1Kg");
  EXPECT_EQ(most.size(), largest_layout);
  EXPECT_EQ(most.sectors().size(), most_sectors);
  EXPECT_EQ(parse_layout("@QSPI/0x90000000/64*1Mg").size(), largest_layout);
}

TEST(HostileLayoutText, IsMadePrintable) {
  EXPECT_ERROR(parse_layout("\x1b[2J"), Errc::protocol, HasSubstr("\"?[2J\""));
}

}  // namespace
}  // namespace sysboot
