// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using files::counting;
using files::s_record;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Image parse(const std::string& text) {
  return parse_image(files::view(text));
}

std::string end() {
  return s_record(7, 4, 0);
}

TEST(SRecord, AllThreeAddressSizes) {
  const Image image = parse(s_record(0, 2, 0, files::bytes("app")) + s_record(1, 2, 0x1000, {1}) +
                            s_record(2, 3, 0x123456, {2}) + s_record(3, 4, 0x08000000, {3}) +
                            s_record(3, 4, 0x08000001, {4}) + s_record(5, 2, 4) + end());
  EXPECT_EQ(image.format, "srec");
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x1000, {1}}, Segment{0x123456, {2}},
                                          Segment{0x08000000, {3, 4}}));
  EXPECT_FALSE(image.entry);
}

TEST(SRecord, StartAddressOfAnySize) {
  const std::string data = s_record(3, 4, 0x08000000, {1});
  EXPECT_EQ(parse(data + s_record(7, 4, 0x08000141)).entry, 0x08000141U);
  EXPECT_EQ(parse(data + s_record(8, 3, 0x123456)).entry, 0x123456U);
  EXPECT_EQ(parse(data + s_record(9, 2, 0x1235)).entry, 0x1235U);
}

TEST(SRecord, GapsStayGapsAndOrderDoesNotMatter) {
  const Image image = parse(s_record(3, 4, 0x08010000, {9}) + s_record(3, 4, 0x08000002, {3, 4}) +
                            s_record(3, 4, 0x08000000, {1, 2}) + end());
  EXPECT_THAT(image.segments,
              ElementsAre(Segment{0x08000000, counting(4, 1)}, Segment{0x08010000, {9}}));
}

TEST(SRecord, ACountEndsAFileAsWell) {
  EXPECT_EQ(parse(s_record(1, 2, 0, {1}) + s_record(5, 2, 1)).size(), 1U);
  EXPECT_EQ(parse(s_record(1, 2, 0, {1}) + s_record(6, 3, 1)).size(), 1U);
}

TEST(SRecord, RecordsWithoutDataSayNothing) {
  EXPECT_THAT(parse(s_record(1, 2, 0, {1}) + s_record(1, 2, 9) + s_record(5, 2, 2)).segments,
              ElementsAre(Segment{0, {1}}));
}

TEST(SRecord, SmallLettersBlankLinesAndBlanksAreAllowed) {
  EXPECT_THAT(parse("\r\n S1040000ab50\t\r\n\nS9030000fc\n\n").segments,
              ElementsAre(Segment{0, {0xAB}}));
}

std::string one() {
  return s_record(3, 4, 0x08000000, {1});
}

TEST(SRecord, C5FilesPutTogetherAreReadAsOne) {
  const std::string second = s_record(3, 4, 0x08004000, {2}) + s_record(5, 2, 1);
  const Image image = parse(one() + s_record(5, 2, 1) + s_record(7, 4, 0x08000141) + second +
                            s_record(7, 4, 0x08004141));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {1}}, Segment{0x08004000, {2}}));
  EXPECT_EQ(image.entry, 0x08000141U);
  EXPECT_THAT(image.notes, ElementsAre(HasSubstr("line 4 goes on behind the end of the file in "
                                                 "line 3"),
                                       HasSubstr("starts at 0x08004141, line 3 said 0x08000141")));
}

TEST(SRecord, C5EqualBytesAndTheEndMayComeTwice) {
  const Image image = parse(one() + one() + end() + end());
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {1}}));
  EXPECT_THAT(image.notes, testing::IsEmpty());
}

TEST(SRecord, C5WhatIsAroundRecordsIsNoError) {
  const std::string record = one().substr(0, one().size() - 1);
  for (const std::string& text :
       {"\xEF\xBB\xBF" + one() + end(), record + "\r" + end(),
        "; comment\n" + one() + "#\n" + end(), one() + end() + "\x1A" + std::string(100, '\0'),
        "\n\n" + one() + "\n\n" + end()}) {
    const Image image = parse(text);
    EXPECT_EQ(image.format, "srec") << testing::PrintToString(text);
    EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {1}}));
  }
}

struct Bad {
  std::string text;
  const char* place;
  const char* problem;
};

class HostileSRecord : public testing::TestWithParam<Bad> {};

TEST_P(HostileSRecord, IsRefusedWithTheLine) {
  EXPECT_ERROR(parse(GetParam().text), Errc::bad_image,
               AllOf(StartsWith(GetParam().place), HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileSRecord,
    testing::Values(
        Bad{one() + "S70500000000FF\n", "line 2: ", "says checksum 0xFF, but its bytes have 0xFA"},
        Bad{one() + one().substr(0, 10), "line 2: ", "has 4 bytes, but its count asks for 7"},
        Bad{one() + "S7", "line 2: ", "has 0 bytes, but S7 needs 6 at least"},
        Bad{one() + "S701FE", "line 2: ", "has 2 bytes, but S7 needs 6 at least"},
        Bad{one() + "S7050000000", "line 2: ", "9 hexadecimal digits, an odd number"},
        Bad{one() + "S70500x0", "line 2: ", "'x' in column 7 is no hexadecimal digit"},
        Bad{one() + "S", "line 2: ", "is of type 'S'; there are S0 to S3 and S5 to S9"},
        Bad{one() + "S4030000FC", "line 2: ", "is of type 'S4'"},
        Bad{one() + "SA030000FC", "line 2: ", "is of type 'SA'"},
        Bad{one() + ":00000001FF", "line 2: ", "starts with ':', not with 'S'"},
        Bad{one() + s_record(3, 4, 0x08000000, {2}) + end(), "line 2: ", "different ones"},
        Bad{one(), "line 1: ", "neither counts the records nor ends the file"},
        Bad{one() + s_record(5, 2, 1) + s_record(3, 4, 0x08000001, {1}), "line 3: ", "cut off"},
        Bad{one() + s_record(5, 2, 2), "line 2: ", "counts 2 data records, but 1 came before it"},
        Bad{one() + end() + one(), "line 3: ", "cut off"},
        Bad{one() + end() + "x", "line 3: ", "starts with 'x', not with 'S'"},
        Bad{one() + end() + one() + s_record(5, 2, 2), "line 4: ", "1 came before it"},
        Bad{s_record(3, 4, 0xFFFFFFFF, {1, 2}) + end(), "line 1: ", "run past 0xFFFFFFFF"},
        Bad{end(), "holds no data", ""}));

TEST(EncodedSRecord, IsWhatTheManualSays) {
  Image image;
  image.name = "app.elf";
  image.segments = {{0x08000000, counting(18)}};
  image.entry = 0x08000141;
  EXPECT_EQ(encode_image(image, "srec"),
            files::bytes("S00A00006170702E656C664F\n"
                         "S31508000000000102030405060708090A0B0C0D0E0F6A\n"
                         "S307080000101011BF\n"
                         "S5030002FA\n"
                         "S70508000141B0\n"));
}

TEST(EncodedSRecord, CountsMoreThan65535RecordsWithS6) {
  Image image;
  image.segments = {{0x08000000, Bytes(65536 * 16)}};
  const Bytes file = encode_image(image, "srec");
  const std::string text(file.begin(), file.end());
  EXPECT_THAT(text, HasSubstr("\n" + s_record(6, 3, 65536)));
  EXPECT_EQ(parse(text).segments, image.segments);
}

}  // namespace
}  // namespace sysboot
