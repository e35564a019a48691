// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/erase_plan.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint32_t kib = 1024;

MemoryLayout f411() {
  return parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg");
}

std::vector<std::uint32_t> starts(const EraseRequest& request) {
  std::vector<std::uint32_t> out;
  for (const Sector& sector : plan_erase(request, f411())) out.push_back(sector.address);
  return out;
}

TEST(ErasePlan, AllIsEverySector) {
  const auto sectors = plan_erase(EraseAll{}, f411());
  EXPECT_EQ(sectors.size(), 8U);
  EXPECT_EQ(sectors, f411().sectors());
}

TEST(ErasePlan, NumbersCountFromZero) {
  EXPECT_THAT(starts(EraseSectors{{{0, 0}, {4, 5}}}),
              ElementsAre(0x08000000U, 0x08010000U, 0x08020000U));
}

TEST(ErasePlan, EachSectorIsErasedOnce) {
  EXPECT_THAT(starts(EraseSectors{{{2, 3}, {3, 3}, {1, 2}}}),
              ElementsAre(0x08004000U, 0x08008000U, 0x0800C000U));
}

TEST(ErasePlan, NumbersThatAreNotThere) {
  EXPECT_ERROR(
      starts(EraseSectors{{{8, 8}}}), Errc::usage,
      HasSubstr("there is no sector 8; Internal Flash (0x08000000-0x0807FFFF) has 0 to 7"));
  EXPECT_ERROR(starts(EraseSectors{{{3, 2}}}), Errc::usage,
               HasSubstr("sectors 3-2: the first is behind the last"));
  EXPECT_ERROR(starts(EraseSectors{}), Errc::usage, HasSubstr("no sector was named"));
}

TEST(ErasePlan, RangesOfWholeSectors) {
  EXPECT_THAT(starts(EraseRange{0x08008000, 32 * kib}), ElementsAre(0x08008000U, 0x0800C000U));
  EXPECT_EQ(starts(EraseRange{0x08000000, 512 * kib}).size(), 8U);
}

TEST(ErasePlan, RangesMustNotTakeMoreThanWasAskedFor) {
  EXPECT_ERROR(starts(EraseRange{0x08008000, 32 * kib + 1}), Errc::usage,
               HasSubstr("0x08008000-0x08010000 has only a part of the sector "
                         "0x08010000-0x0801FFFF, and sectors are erased as a whole"));
  EXPECT_ERROR(starts(EraseRange{0x08000004, 16 * kib}), Errc::usage,
               HasSubstr("only a part of the sector 0x08000000-0x08003FFF"));
  EXPECT_ERROR(starts(EraseRange{0x08000000, 0}), Errc::usage, HasSubstr("length of 0"));
}

TEST(ErasePlan, RangesMustLieInFlash) {
  EXPECT_ERROR(starts(EraseRange{0x08060000, 256 * kib}), Errc::usage,
               HasSubstr("0x08060000-0x0809FFFF: 0x08080000 is outside Internal Flash"));
  EXPECT_ERROR(starts(EraseRange{0x1FFFC000, 16}), Errc::usage, HasSubstr("is outside"));
  EXPECT_ERROR(starts(EraseRange{0xFFFFFFF0, 0xFFFFFFFF}), Errc::usage, HasSubstr("run past"));
}

TEST(ErasePlan, WhatCannotBeErased) {
  const MemoryLayout layout = parse_layout("@Flash /0x08000000/1*16Kg,1*16Ke");
  EXPECT_ERROR(plan_erase(EraseAll{}, layout), Errc::usage,
               HasSubstr("the sector at 0x08004000 allows r-w, not erasing"));
  EXPECT_EQ(plan_erase(EraseSectors{{{0, 0}}}, layout).size(), 1U);
}

}  // namespace
}  // namespace sysboot
