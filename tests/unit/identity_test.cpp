// SPDX-License-Identifier: GPL-3.0-or-later
#include "board/identity.hpp"

#include <gtest/gtest.h>

#include <array>

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

// W0 002F0037, W1 3734510A, W2 32363331, so that a ROM shows hex8(W0 + W2) and 3734.
constexpr const char* of_rom = "326533683734";
constexpr std::array orders = {
    "37002F000A51343731333632",  // memory: TinyUSB, Klipper
    "002F00373734510A32363331",  // words, the first one first
    "323633313734510A002F0037",  // words, the last one first: Zephyr
    "313336320A51343737002F00",  // words from the last on, in the order of memory: libopencm3
    "0037002F510A373433313236",  // halves
    "37002f000a51343731333632",
};

TEST(Serials, B3TheRomsTwelveDigitsAreComputedFromTheTwentyFourOfTheUniqueId) {
  for (const char* uid : orders) EXPECT_EQ(match_serials(uid, of_rom), SerialMatch::equal) << uid;
  // libopencm3 #760.
  EXPECT_EQ(match_serials("002d00303334510b32313533", "325E35633334"), SerialMatch::equal);
  EXPECT_EQ(match_serials("002d00303334510b32313533", "325E3563"), SerialMatch::unknown);
}

TEST(Serials, B3AlsoWithTheRomsOffsetByTen) {
  // ST forum 118169: F412, bytes 1F002300 09513735 31373736.
  EXPECT_EQ(match_serials("1F0023000951373531373736", "365A375A3537"), SerialMatch::offset);
  EXPECT_EQ(match_serials("1F0023000951373531373736", "365A37503537"), SerialMatch::equal);
  EXPECT_EQ(match_serials("0023001F3537510936373731", "365A375A3537"), SerialMatch::offset);
}

TEST(Serials, B3AlsoWhereTheRomTakesItsTailFromTheLastWord) {
  EXPECT_EQ(match_serials("206830544234", "206830542030"), SerialMatch::offset) << "SPRacingF3";
  EXPECT_EQ(match_serials("440038000C51344210303020", "206830542030"), SerialMatch::equal);
}

TEST(Serials, B3AnotherUniqueIdIsAnotherBoard) {
  const char* neighbour = "38002F000A51343731333632";
  EXPECT_EQ(match_serials(neighbour, of_rom), SerialMatch::different) << "one die further";
  EXPECT_EQ(match_serials("002F00383734510A32363331", of_rom), SerialMatch::different);
  EXPECT_EQ(match_serials("3A0028000850304738333920", of_rom), SerialMatch::different) << "Klipper";
  EXPECT_EQ(match_serials("000C0020414343052030343 ", of_rom), SerialMatch::unknown) << "no digits";
}

TEST(Serials, B3BytesAddedWithoutCarriesAreNoReasonToWorry) {
  // 0xD0 + 0x36 carries in the ROM, and not in firmware that adds bytes.
  EXPECT_EQ(match_serials("365A37063537", "365A38063537"), SerialMatch::offset);
  EXPECT_EQ(match_serials("365A37803537", "365B37803537"), SerialMatch::different) << "a neighbour";
}

// What people publish: none of these is made of an STM32's unique id.
TEST(Serials, B3SerialNumbersOfTheMakersOwnAreNoReasonToWorry) {
  for (const char* own : {
           "1234567899ABCDEF01234580",  // Sovol SV08, the same on all
           "000000000000000000000000",  // KeepKey
           "00000000001A",
           "0123456789AB",
           "0080E1AABBCC",
           "201234567890",
           "20240917000123456789ABCD",
           "E6626087971C2C2E",          // another chip's
           "DEADBEEFDEADBEEFDEADBEEF",  //
           "343731333632",              // the last half of a unique id
           "flip_Unyne",
           "NanoVNA-H",
           "400",
           "00000000001",
       }) {
    EXPECT_EQ(match_serials(own, of_rom), SerialMatch::unknown) << own;
    EXPECT_EQ(match_serials(own, own), SerialMatch::equal) << own;
  }
}

// Serial numbers of real ROMs. A board that shows another 12 digits of this kind is another board;
// clones that make theirs otherwise say nothing.
TEST(Serials, B3RomsAsTheyAreReported) {
  for (const char* rom :
       {"328A37623437", "337F33963134", "378B34663038", "3574364C3034", "339D36483335",
        "348E37423533", "354B386A3133", "336032683536", "345D396E3137", "326433593336",
        "2060374D2033", "206830542030", "2056316B5652", "208A31574253", "205939885533",
        "206B327A5841", "376E356F3339", "336D396B3434", "357D377F3133", "207136863530"}) {
    EXPECT_EQ(match_serials(orders[0], rom), SerialMatch::different) << rom;
    EXPECT_EQ(match_serials(of_rom, rom), SerialMatch::different) << rom;
  }
  for (const char* clone : {"006B518F5253", "3CBJ", "388237123123"}) {
    EXPECT_EQ(match_serials(orders[0], clone), SerialMatch::unknown) << clone;
    EXPECT_EQ(match_serials(of_rom, clone), SerialMatch::unknown) << clone;
  }
}

TEST(Serials, OtherFirmwaresSerialsCannotBeCompared) {
  EXPECT_EQ(match_serials("flip_Unyne", "207F38933036"), SerialMatch::unknown);
  EXPECT_EQ(match_serials("flip_Unyne", "flip_Unyne"), SerialMatch::equal);
}

}  // namespace
}  // namespace sysboot
