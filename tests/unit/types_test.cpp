// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/text.hpp"

#include <gtest/gtest.h>

namespace sysboot {
namespace {

TEST(Text, AddressesAreEightDigitsWide) {
  EXPECT_EQ(hex32(0), "0x00000000");
  EXPECT_EQ(hex32(0x0800ABCD), "0x0800ABCD");
  EXPECT_EQ(hex32(0x100000000), "0x100000000");
  EXPECT_EQ(usb_id(0x0483, 0xDF11), "0483:df11");
}

TEST(Text, SizesHaveOneDecimalUnlessTheyAreWhole) {
  EXPECT_EQ(human_size(0), "0 bytes");
  EXPECT_EQ(human_size(1), "1 byte");
  EXPECT_EQ(human_size(1023), "1023 bytes");
  EXPECT_EQ(human_size(2048), "2 KiB");
  EXPECT_EQ(human_size(20901), "20.4 KiB");
  EXPECT_EQ(human_size(1024 * 1024 * 3 / 2), "1.5 MiB");
}

TEST(Text, TimesHaveThreeDigits) {
  EXPECT_EQ(human_time(std::chrono::milliseconds(423)), "0.42 s");
  EXPECT_EQ(human_time(std::chrono::milliseconds(9994)), "9.99 s");
  EXPECT_EQ(human_time(std::chrono::milliseconds(13140)), "13.1 s");
}

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(printable("STM32  BOOTLOADER"), "STM32  BOOTLOADER");
  EXPECT_EQ(printable("größer €100 😀"), "größer €100 😀");
}

TEST(Printable, ReplacesWhatATerminalWouldAct) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\n\t\x7f"), "a?[2Jb????");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "?31m")
      << "C1 control sequence introducer";
}

TEST(Printable, D2ReplacesWhatTurnsOrHidesText) {
  for (const char* unsafe : {"\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a",
                             "\u202e", "\u2066", "\u2069", "\ufeff", "\u0080", "\u009f"}) {
    EXPECT_EQ(printable(unsafe), "?");
    EXPECT_EQ(printable_lines(unsafe), "?");
  }
  for (const char* safe : {"\u00a0", "\u200c", "\u200d", "\u2027", "\u202f", "\u2065", "\u206a",
                           "می‌خواهم", "👨‍👩‍👧"}) {
    EXPECT_EQ(printable(safe), safe);
    EXPECT_EQ(printable_json(safe), safe);
  }
}

TEST(Printable, D2LinesStayLines) {
  EXPECT_EQ(printable_lines("a\n\tb\r\x1b[2J\n"), "a\n\tb??[2J\n");
}

TEST(Printable, D2JsonKeepsWhatItSays) {
  EXPECT_EQ(printable_json("{\"a\":\"\u009b\x7f\u202eö\"}"), R"({"a":"\u009b\u007f\u202eö"})");
}

TEST(Printable, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xff\xfe"), "??");
  EXPECT_EQ(printable("a\xc3"), "a?") << "cut off";
  EXPECT_EQ(printable("\xc0\xaf"), "??") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????") << "beyond Unicode";
}

}  // namespace
}  // namespace sysboot
