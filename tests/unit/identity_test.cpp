// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/identity.hpp"

#include <gtest/gtest.h>

namespace sysboot {
namespace {

// Pairs of application and ROM serial numbers as people reported them.
TEST(Serials, EqualOnF405) {
  EXPECT_EQ(match_serials("325E35633334", "325E35633334"), SerialMatch::equal);
}

TEST(Serials, LetterCaseDoesNotMatter) {
  EXPECT_EQ(match_serials("325e35633334", "325E35633334"), SerialMatch::equal);
}

TEST(Serials, OffsetByTenOnF412AndF76x) {
  EXPECT_EQ(match_serials("365A37503537", "365A375A3537"), SerialMatch::offset);
  EXPECT_EQ(match_serials("356F34533438", "356F345D3438"), SerialMatch::offset);
}

TEST(Serials, OffsetMayCarryOrWrap) {
  EXPECT_EQ(match_serials("000012FA3537", "000013043537"), SerialMatch::offset) << "carry";
  EXPECT_EQ(match_serials("000012FA3537", "000012043537"), SerialMatch::offset) << "wrap";
}

TEST(Serials, AnyOtherDifferenceIsAnotherBoard) {
  EXPECT_EQ(match_serials("365A37503537", "365A37513537"), SerialMatch::different);
  EXPECT_EQ(match_serials("365A37503537", "365A375A3538"), SerialMatch::different);
}

TEST(Serials, ConstantsOfSomeRomsSayNothing) {
  for (const char* constant :
       {"STM32FxSTM32", "FFFFFFFEFFFF", "STM32", "200364500000", "200000500000", ""}) {
    EXPECT_EQ(match_serials("365A37503537", constant), SerialMatch::unknown) << constant;
    EXPECT_FALSE(identifies_a_board(constant)) << constant;
  }
}

TEST(Serials, OtherFirmwaresSerialsCannotBeCompared) {
  EXPECT_EQ(match_serials("2D0031000A51343731333632", "365A37503537"), SerialMatch::unknown)
      << "24 digits, as Klipper and TinyUSB show them";
  EXPECT_EQ(match_serials("flip_Unyne", "207F38933036"), SerialMatch::unknown);
  EXPECT_EQ(match_serials("flip_Unyne", "flip_Unyne"), SerialMatch::equal);
}

}  // namespace
}  // namespace sysboot
