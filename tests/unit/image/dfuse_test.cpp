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

Bytes element(std::uint32_t address, const Bytes& data) {
  return long_word(address) + long_word(static_cast<std::uint32_t>(data.size())) + data;
}

Bytes target(std::uint8_t alternate, const std::string& name, std::uint32_t elements,
             const Bytes& content) {
  Bytes field = bytes(name);
  field.resize(255);
  return bytes("Target") + Bytes{alternate} + long_word(1) + field +
         long_word(static_cast<std::uint32_t>(content.size())) + long_word(elements) + content;
}

enum class Counts { without_suffix, with_suffix };

// Without its suffix.
Bytes body(std::uint8_t count, const Bytes& targets, Counts counts = Counts::without_suffix) {
  const std::size_t size = 11 + targets.size() + (counts == Counts::with_suffix ? 16 : 0);
  return bytes("DfuSe") + Bytes{1} + long_word(static_cast<std::uint32_t>(size)) + Bytes{count} +
         targets;
}

Bytes file(std::uint8_t count, const Bytes& targets, Counts counts = Counts::without_suffix) {
  return with_suffix(body(count, targets, counts), 0x011A);
}

Bytes flash() {
  return target(0, "ST...", 1, element(0x08000000, counting(4)));
}

TEST(Dfuse, BothSizeConventions) {
  for (const Counts counts : {Counts::without_suffix, Counts::with_suffix}) {
    const Image image = parse_image(file(1, flash(), counts));
    EXPECT_EQ(image.format, "dfu");
    EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, counting(4)}));
    EXPECT_EQ(image.made_for, (std::pair<std::uint16_t, std::uint16_t>(0x0483, 0xDF11)));
    EXPECT_TRUE(image.other_targets.empty());
  }
}

TEST(Dfuse, C5EqualBytesTwiceCountOnce) {
  EXPECT_THAT(parse_image(file(2, flash() + flash())).segments,
              ElementsAre(Segment{0x08000000, counting(4)}));
}

// As ST's own files, which say product 0, and NanoVNA's.
TEST(Dfuse, C3IdsThatSayNothingAreKept) {
  const Image image = parse_image(with_suffix(body(1, flash()), 0x011A, 0x0483, 0));
  EXPECT_EQ(image.made_for, (std::pair<std::uint16_t, std::uint16_t>(0x0483, 0)));
  EXPECT_EQ(parse_image(encode_image(image, "dfu")).made_for, image.made_for);
}

TEST(Dfuse, ElementsInAnyOrderWithGapsAndEmptyOnes) {
  const Image image =
      parse_image(file(1, target(0, "", 4,
                                 element(0x08020000, {9}) + element(0x08000002, {3}) +
                                     element(0x08000000, {1, 2}) + element(0x08001000, {}))));
  EXPECT_THAT(image.segments,
              ElementsAre(Segment{0x08000000, {1, 2, 3}}, Segment{0x08020000, {9}}));
}

TEST(Dfuse, OtherMemoriesAreKeptApart) {
  const Image image =
      parse_image(file(4, target(2, "OTP\x1b[2J", 1, element(0x1FFF7800, {5})) + flash() +
                              target(1, "Option Bytes", 1, element(0x1FFFC000, counting(16))) +
                              target(0, "more", 1, element(0x08000004, counting(2, 4)))));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, counting(6)}));
  EXPECT_THAT(image.other_targets,
              ElementsAre(AlternateTarget{1, "Option Bytes", {{0x1FFFC000, counting(16)}}},
                          AlternateTarget{2, "OTP?[2J", {{0x1FFF7800, {5}}}}));
  EXPECT_EQ(image.size(), 6U);
}

TEST(Dfuse, ANameOfAllItsBytesAndOneThatIsNotThere) {
  Bytes unnamed = target(1, "noise", 1, element(0x1FFFC000, {1}));
  unnamed[7] = 0;
  const Image image = parse_image(
      file(3, flash() + unnamed + target(2, std::string(255, 'x'), 1, element(0x1FFF7800, {1}))));
  EXPECT_EQ(image.other_targets.at(0).name, "");
  EXPECT_EQ(image.other_targets.at(1).name, std::string(255, 'x'));
}

TEST(Dfuse, WithoutInternalFlashThereIsNothingToFlash) {
  EXPECT_ERROR(
      parse_image(file(1, target(1, "Option Bytes", 1, element(0x1FFFC000, counting(16))))),
      Errc::bad_image,
      HasSubstr("nothing for alternate setting 0, internal flash; only for 1 (Option Bytes)"));
}

struct Bad {
  Bytes content;
  const char* place;
  const char* problem;
};

class HostileDfuse : public testing::TestWithParam<Bad> {};

TEST_P(HostileDfuse, IsRefusedWithTheByte) {
  EXPECT_ERROR(parse_image(GetParam().content), Errc::bad_image,
               AllOf(StartsWith(GetParam().place), HasSubstr(GetParam().problem)));
}

Bytes changed(std::size_t at, std::uint8_t value, Bytes content = body(1, flash())) {
  content.at(at) = value;
  return with_suffix(content, 0x011A);
}

// Cut off, but with a suffix and a size that fit.
Bytes shortened(std::size_t size) {
  Bytes content = body(1, flash());
  content.resize(size);
  if (size >= 10) {
    const Bytes field = long_word(static_cast<std::uint32_t>(size));
    std::copy(field.begin(), field.end(), content.begin() + 6);
  }
  return with_suffix(content, 0x011A);
}

Bytes broken_crc() {
  Bytes content = file(1, flash());
  content[300] ^= 1;
  return content;
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileDfuse,
    testing::Values(
        Bad{broken_crc(), "the DFU suffix says CRC 0x", "but the file has 0x"},
        Bad{body(1, flash()), "byte 297: ", "ends with a DFU suffix, this one does not"},
        Bad{with_suffix(body(1, flash()), 0x0100),
            "byte 303: ", "the suffix says DFU version 0x0100; in a DfuSe file it is 0x011A"},
        Bad{with_suffix(counting(64), 0x011A), "the DFU suffix says DFU version 0x011A",
            "first bytes are not"},
        Bad{changed(5, 2), "byte 5: ", "DfuSe format version 2, expected 1"},
        Bad{changed(6, 40), "byte 6: ",
            "DFUImageSize is 296, but the file has 297 bytes without its suffix, 313 with it"},
        Bad{changed(10, 0), "byte 11: ", "286 bytes too many behind the last of 0 targets"},
        Bad{changed(10, 2), "byte 297: ", "a target prefix has 274 bytes, but 0 are left"},
        Bad{changed(11, 't'), "byte 11: ", "expected \"Target\""},
        Bad{changed(277, 13),
            "byte 11: ", "dwTargetSize is 13, but it holds 1 element with 12 bytes"},
        Bad{changed(277, 11),
            "byte 11: ", "dwTargetSize is 11, but it holds 1 element with 12 bytes"},
        Bad{changed(281, 2), "byte 297: ", "an element prefix has 8 bytes, but 0 are left"},
        Bad{changed(281, 0),
            "byte 11: ", "dwTargetSize is 12, but it holds 0 elements with 0 bytes"},
        Bad{changed(284, 0xFF), "byte 297: ", "an element prefix has 8 bytes, but 0 are left"},
        Bad{changed(289, 5), "byte 293: ", "an element has 5 bytes, but 4 are left"},
        Bad{changed(292, 0xFF), "byte 293: ", "an element has 4278190084 bytes, but 4 are left"},
        Bad{changed(288, 0xFF, body(1, target(0, "", 1, element(0x00FFFFFE, counting(4))))),
            "byte 285: ", "4 bytes at 0xFFFFFFFE run past 0xFFFFFFFF"},
        Bad{shortened(5), "byte 0: ", "the prefix has 11 bytes, but 5 are left"},
        Bad{shortened(11), "byte 11: ", "a target prefix has 274 bytes, but 0 are left"},
        Bad{shortened(284), "byte 11: ", "a target prefix has 274 bytes, but 273 are left"},
        Bad{shortened(292), "byte 285: ", "an element prefix has 8 bytes, but 7 are left"},
        Bad{shortened(296), "byte 293: ", "an element has 4 bytes, but 3 are left"},
        Bad{file(1, flash() + Bytes(3)),
            "byte 297: ", "3 bytes too many behind the last of 1 target"},
        Bad{file(2, flash() + target(0, "", 1, element(0x08000000, counting(4, 1)))),
            "byte 571: ", "bytes here and at byte 285, different ones"},
        Bad{file(0, {}), "holds no data", ""},
        Bad{file(1, target(0, "", 0, {})), "holds no data", ""}));

TEST(EncodedDfuse, IsWhatTheSpecificationSays) {
  Image image;
  image.segments = {{0x08000000, counting(4)}, {0x08020000, {7}}};
  image.other_targets = {{1, "Option Bytes", {{0x1FFFC000, counting(16)}}}};
  const Bytes expected =
      file(2, target(0, "ST...", 2, element(0x08000000, counting(4)) + element(0x08020000, {7})) +
                  target(1, "Option Bytes", 1, element(0x1FFFC000, counting(16))));
  EXPECT_EQ(encode_image(image, "dfu"), expected);
}

TEST(EncodedDfuse, IsForTheDeviceThatTheImageNames) {
  Image image;
  image.segments = {{0x08000000, {1}}};
  image.made_for = {0x1209, 0xFFFF};
  EXPECT_EQ(parse_image(encode_image(image, "dfu")).made_for, image.made_for);
}

}  // namespace
}  // namespace sysboot
