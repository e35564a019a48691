// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using files::counting;
using files::hex_end;
using files::hex_record;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Image parse(const std::string& text) {
  return parse_image(files::view(text));
}

std::string linear(std::uint16_t upper) {
  return hex_record(4, 0,
                    {static_cast<std::uint8_t>(upper >> 8), static_cast<std::uint8_t>(upper)});
}
std::string segment(std::uint16_t paragraph) {
  return hex_record(
      2, 0, {static_cast<std::uint8_t>(paragraph >> 8), static_cast<std::uint8_t>(paragraph)});
}

// The specification's own words turned into bytes; what objcopy and srec_cat write is in
// tests/formats.
TEST(IntelHex, RecordsThatFollowEachOtherAreOneSegment) {
  const Image image = parse(linear(0x0800) + hex_record(0, 0x0000, counting(16)) +
                            hex_record(0, 0x0010, counting(4, 16)) + hex_end);
  EXPECT_EQ(image.format, "hex");
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, counting(20)}));
  EXPECT_FALSE(image.entry);
}

TEST(IntelHex, GapsStayGapsAndOrderDoesNotMatter) {
  const Image image =
      parse(linear(0x0801) + hex_record(0, 0x8000, {7}) + linear(0x0800) +
            hex_record(0, 0x0004, {5, 6}) + hex_record(0, 0x0000, {1, 2, 3, 4}) + hex_end);
  EXPECT_THAT(image.segments,
              ElementsAre(Segment{0x08000000, counting(6, 1)}, Segment{0x08018000, {7}}));
}

TEST(IntelHex, LinearDataGoesOnBeyond64KiB) {
  const Image image = parse(linear(0x0800) + hex_record(0, 0xFFFE, counting(4)) + hex_end);
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x0800FFFE, counting(4)}));
}

TEST(IntelHex, SegmentedDataWrapsAt64KiB) {
  const Image image = parse(segment(0x1000) + hex_record(0, 0xFFFE, counting(4)) + hex_end);
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x10000, {2, 3}}, Segment{0x1FFFE, {0, 1}}));
}

TEST(IntelHex, TheLatestAddressRecordCounts) {
  const Image image =
      parse(segment(0x1000) + hex_record(0, 0, {1}) + linear(0x0800) +
            hex_record(0, 0xFFFF, {2, 3}) + segment(0x2000) + hex_record(0, 0, {4}) + hex_end);
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x10000, {1}}, Segment{0x20000, {4}},
                                          Segment{0x0800FFFF, {2, 3}}));
}

TEST(IntelHex, StartAddresses) {
  const std::string data = hex_record(0, 0, {1});
  EXPECT_EQ(parse(data + hex_record(5, 0, {0x08, 0, 0x01, 0x41}) + hex_end).entry, 0x08000141U);
  EXPECT_EQ(parse(data + hex_record(3, 0, {0x12, 0x34, 0x00, 0x10}) + hex_end).entry, 0x12350U);
  EXPECT_EQ(parse(data + hex_record(5, 0, {0, 0, 0, 0}) + hex_end).entry, std::nullopt);
  const std::string same = hex_record(5, 0, {0x08, 0, 0x01, 0x41});
  EXPECT_EQ(parse(data + same + same + hex_end).entry, 0x08000141U);
}

TEST(IntelHex, SmallLettersBlankLinesAndBlanksAreAllowed) {
  const Image image = parse("\n  :01000000ab54\t\n\n:00000001ff  \n\n");
  EXPECT_THAT(image.segments, ElementsAre(Segment{0, {0xAB}}));
}

// A bootloader and its application, put together by cat or by a tool.
TEST(IntelHex, C5TwoStartAddressesAreANote) {
  const Image image =
      parse(linear(0x0800) + hex_record(0, 0, {1}) + hex_record(5, 0, {8, 0, 0, 1}) +
            hex_record(5, 0, {8, 0, 0x40, 1}) + hex_record(5, 0, {8, 0, 0x60, 1}) + hex_end);
  EXPECT_EQ(image.entry, 0x08000001U);
  EXPECT_THAT(image.notes, ElementsAre("line 4 says that the program starts at 0x08004001, line 3 "
                                       "said 0x08000001"));
}

TEST(IntelHex, C5FilesPutTogetherAreReadAsOne) {
  const std::string first = linear(0x0800) + hex_record(0, 0, {1, 2}) + hex_end;
  const Image image = parse(first + linear(0x0801) + hex_record(0, 0x4000, {3}) + hex_end);
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {1, 2}}, Segment{0x08014000, {3}}));
  EXPECT_THAT(image.notes, ElementsAre(HasSubstr("line 5 goes on behind the end of the file in "
                                                 "line 3")));
  EXPECT_THAT(parse(first + hex_record(0, 7, {3}) + hex_end).segments,
              ElementsAre(Segment{7, {3}}, Segment{0x08000000, {1, 2}}))
      << "each file begins at address 0";
  EXPECT_THAT(parse(first + hex_end).notes, IsEmpty()) << "only the end, twice";
}

TEST(IntelHex, C5EqualBytesTwiceCountOnce) {
  const Image image = parse(hex_record(0, 4, {7, 8}) + hex_record(0, 2, {5, 6, 7, 8, 9}) +
                            hex_record(0, 0, {3, 4, 5}) + hex_record(0, 4, {7, 8}) + hex_end);
  EXPECT_THAT(image.segments, ElementsAre(Segment{0, counting(7, 3)}));
  EXPECT_THAT(image.notes, IsEmpty());
}

// What editors, mail, DOS and linkers do to a text file.
TEST(IntelHex, C5WhatIsAroundRecordsIsNoError) {
  const std::string first = hex_record(0, 0, {1});
  const std::string record = first.substr(0, first.size() - 1);
  const std::string end = ":00000001FF";
  for (const std::string& text :
       {"\xEF\xBB\xBF" + first + end, record + "\r" + end + "\r", record + "\r\n" + end + "\r\n",
        record + "\r\r" + end, "; made by a linker\n" + first + "# so far\n" + end + "\n;end\n",
        "\n\n" + first + "\n \t\n" + end + "\n\n", first + end + "\n\x1A", first + end + "\x1A",
        first + end + "\n\x1A" + std::string(100, '\0'), first + end + std::string(100, '\0'),
        std::string(3, '\0') + first + end, "# a\r\n; b\r\n" + record + "\r\n" + end}) {
    const Image image = parse(text);
    EXPECT_EQ(image.format, "hex") << testing::PrintToString(text);
    EXPECT_THAT(image.segments, ElementsAre(Segment{0, {1}})) << testing::PrintToString(text);
    EXPECT_THAT(image.notes, IsEmpty()) << testing::PrintToString(text);
  }
}

TEST(IntelHex, RecordsWithoutDataSayNothing) {
  const Image image = parse(hex_record(0, 0, {1}) + hex_record(0, 0x100, {}) + hex_end);
  EXPECT_THAT(image.segments, ElementsAre(Segment{0, {1}}));
}

struct Bad {
  std::string text;
  const char* place;
  const char* problem;
};

class HostileIntelHex : public testing::TestWithParam<Bad> {};

TEST_P(HostileIntelHex, IsRefusedWithTheLine) {
  EXPECT_ERROR(parse(GetParam().text), Errc::bad_image,
               AllOf(StartsWith(GetParam().place), HasSubstr(GetParam().problem)));
}

std::string one() {
  return hex_record(0, 0, {1});
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileIntelHex,
    testing::Values(
        Bad{":01000000\xFF\n", "line 1: ", "'?' in column 10 is no hexadecimal digit"},
        Bad{one() + ":0100000001FF\n" + hex_end,
            "line 2: ", "says checksum 0xFF, but its bytes have 0xFE"},
        Bad{":0100000001FE", "line 1: ", "the last one, is no end-of-file record"},
        Bad{one() + "\n\n", "line 3: ", "the file is cut off"},
        Bad{one() + ":00000001F", "line 2: ", "9 hexadecimal digits, an odd number"},
        Bad{one() + ":", "line 2: ", "has 0 bytes, but its length asks for 5"},
        Bad{one() + ":00000001", "line 2: ", "has 4 bytes, but its length asks for 5"},
        Bad{one() + ":0200000001FD", "line 2: ", "has 6 bytes, but its length asks for 7"},
        Bad{one() + ":000000010203FF", "line 2: ", "has 7 bytes, but its length asks for 5"},
        Bad{one() + ":00000001FG", "line 2: ", "'G' in column 11 is no hexadecimal digit"},
        Bad{one() + ":00 00001FF", "line 2: ", "' ' in column 4 is no hexadecimal digit"},
        Bad{one() + ":\xff", "line 2: ", "'?' in column 2 is no hexadecimal digit"},
        Bad{one() + "comment\n" + hex_end, "line 2: ", "starts with 'c', not with ':'"},
        Bad{"; comment\r" + one() + "\r\n\r" + "x", "line 5: ", "starts with 'x', not with ':'"},
        Bad{one() + hex_record(6, 0, {}), "line 2: ", "record type 0x06; there are 00 to 05"},
        Bad{one() + hex_record(1, 0, {1}), "line 2: ", "type 0x01 has 1 data bytes, expected 0"},
        Bad{one() + hex_record(2, 0, {1}), "line 2: ", "type 0x02 has 1 data bytes, expected 2"},
        Bad{one() + hex_record(3, 0, {1}), "line 2: ", "type 0x03 has 1 data bytes, expected 4"},
        Bad{one() + hex_record(4, 0, {1, 2, 3}),
            "line 2: ", "type 0x04 has 3 data bytes, expected 2"},
        Bad{one() + hex_record(5, 0, {}), "line 2: ", "type 0x05 has 0 data bytes, expected 4"},
        Bad{one() + hex_end + "\n" + one(), "line 4: ", "the file is cut off"},
        Bad{one() + hex_end + "x", "line 3: ", "starts with 'x', not with ':'"},
        Bad{hex_record(0, 0, {1, 2}) + hex_record(0, 8, {1}) + hex_record(0, 1, {9}) + hex_end,
            "line 3: ", "0x00000001-0x00000001 has bytes here and at line 1, different ones"},
        Bad{hex_record(0, 4, {7, 8}) + hex_record(0, 2, {5, 6, 7, 0, 9}) + hex_end,
            "line 2: ", "0x00000004-0x00000005 has bytes here and at line 1, different ones"},
        Bad{hex_record(0, 0, counting(16)) + hex_record(0, 2, {2}) + hex_record(0, 8, {8, 0}) +
                hex_end,
            "line 3: ", "0x00000008-0x00000009 has bytes here and at line 1, different ones"},
        Bad{linear(0xFFFF) + hex_record(0, 0xFFFF, {1, 2}) + hex_end,
            "line 2: ", "2 bytes at 0xFFFFFFFF run past 0xFFFFFFFF"},
        Bad{hex_end, "holds no data", ""}));

TEST(HostileIntelHexFile, WithTooManySegments) {
  std::string text;
  for (std::uint32_t i = 0; i <= 65536; ++i) {
    if (i % 0x8000 == 0) text += linear(static_cast<std::uint16_t>(0x0800 + i / 0x8000));
    text += hex_record(0, static_cast<std::uint16_t>(2 * i), {1});
  }
  EXPECT_ERROR(parse(text + hex_end), Errc::bad_image,
               HasSubstr("more than 65536 separate pieces"));
}

TEST(EncodedIntelHex, IsWhatTheSpecificationSays) {
  Image image;
  image.segments = {{0x0800FFF8, counting(16)}, {0x08018000, {0xFF}}};
  image.entry = 0x08000141;
  const Bytes file = encode_image(image, "hex");
  EXPECT_EQ(file, files::bytes(":020000040800F2\n"
                               ":08FFF8000001020304050607E5\n"
                               ":020000040801F1\n"
                               ":0800000008090A0B0C0D0E0F9C\n"
                               ":01800000FF80\n"
                               ":0400000508000141AD\n"
                               ":00000001FF\n"));
}

}  // namespace
}  // namespace sysboot
