// SPDX-License-Identifier: GPL-3.0-or-later
#include "story/read_range.hpp"
#include "support/throws.hpp"
#include "sysboot/inspect.hpp"

namespace sysboot {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<AltSetting> f411() {
  std::vector<AltSetting> memories;
  const auto add = [&](std::uint8_t number, const char* name) {
    memories.push_back({number, name, parse_layout(name), {}});
  };
  add(0, "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg");
  add(1, "@Option Bytes  /0x1FFFC000/01*016 e");
  memories.push_back({2, "UNKNOWN", {}, "no layout"});
  add(3, "@OTP Memory /0x1FFF7800/01*512 e,01*016 e");
  add(4, "@Secret /0x1FFE0000/01*016 d");
  return memories;
}

TEST(ReadRange, NothingSaidIsAllOfFlash) {
  const MemoryRange range = find_range(f411(), {});
  EXPECT_EQ(range.alternate, 0U);
  EXPECT_EQ(range.address, 0x08000000U);
  EXPECT_EQ(range.length, 512U * 1024);
}

TEST(ReadRange, FromAnAddressToTheEnd) {
  EXPECT_EQ(find_range(f411(), {0x0807FFFF, {}}).length, 1U);
  const MemoryRange otp = find_range(f411(), {0x1FFF7800, {}});
  EXPECT_EQ(otp.alternate, 3U);
  EXPECT_EQ(otp.length, 528U) << "two kinds of sectors, no gap";
}

TEST(ReadRange, ALengthAlone) {
  EXPECT_EQ(find_range(f411(), {{}, 100}).end(), 0x08000064U);
}

TEST(ReadRange, WhatIsNotThere) {
  EXPECT_ERROR(find_range(f411(), {0x20000000, {}}), Errc::usage,
               AllOf(HasSubstr("0x20000000 is in none of the device's memories"),
                     HasSubstr("Internal Flash: 0x08000000-0x0807FFFF"), HasSubstr("no layout")));
  EXPECT_ERROR(
      find_range(f411(), {0x0807FFF0, 17}), Errc::usage,
      HasSubstr("17 bytes at 0x0807FFF0 reach past 0x0807FFFF, where Internal Flash ends"));
  EXPECT_ERROR(find_range(f411(), {{}, 0}), Errc::usage, HasSubstr("length of 0"));
  EXPECT_ERROR(find_range(f411(), {0x1FFE0000, {}}), Errc::usage, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace sysboot
