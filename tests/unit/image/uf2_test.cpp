// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/image.hpp"

#include <set>

#include "files.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using namespace files;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint32_t f4 = 0x57755A57;
constexpr std::uint32_t f7 = 0x53B80F00;
constexpr std::uint32_t rp2040 = 0xE48BFF56;

struct Block {
  std::uint32_t address = 0x08000000;
  Bytes payload = {1, 2, 3, 4};
  std::uint32_t number = 0;
  std::uint32_t count = 1;
  std::uint32_t flags = 0x2000;
  std::uint32_t family = f4;
};

Bytes encode(const Block& block) {
  Bytes data = block.payload;
  data.resize(476, 0xEE);
  return long_word(0x0A324655) + long_word(0x9E5D5157) + long_word(block.flags) +
         long_word(block.address) + long_word(static_cast<std::uint32_t>(block.payload.size())) +
         long_word(block.number) + long_word(block.count) + long_word(block.family) + data +
         long_word(0x0AB16F30);
}

Bytes file(const std::vector<Block>& blocks) {
  Bytes out;
  for (const Block& block : blocks) out = out + encode(block);
  return out;
}

TEST(Uf2, BlocksInAnyOrderWithGaps) {
  const Image image = parse_image(file({{0x08010000, {9}, 2, 3},
                                        {0x08000100, counting(256), 1, 3},
                                        {0x08000000, counting(256), 0, 3}}));
  EXPECT_EQ(image.format, "uf2");
  EXPECT_THAT(image.segments,
              ElementsAre(Segment{0x08000000, counting(512)}, Segment{0x08010000, {9}}));
  EXPECT_EQ(image.uf2_family, f4);
}

TEST(Uf2, AnyPayloadThatFits) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{255}, std::size_t{476}}) {
    EXPECT_THAT(parse_image(file({{0x08000000, counting(size)}})).segments,
                ElementsAre(Segment{0x08000000, counting(size)}));
  }
}

TEST(Uf2, WithoutFamily) {
  const Image image = parse_image(file({{.flags = 0, .family = 4}}));
  EXPECT_FALSE(image.uf2_family) << "the field is the file's size then";
}

TEST(Uf2, ChecksumsAndTagsAreNoData) {
  const Image image = parse_image(file({{.flags = 0xE000}}));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {1, 2, 3, 4}}));
}

TEST(Uf2, BlocksThatAreNotForMainFlashAreCountedAndNotFlashed) {
  const Image image = parse_image(
      file({{.number = 0, .count = 2}, {.address = 0, .number = 1, .count = 2, .flags = 0x2001}}));
  EXPECT_THAT(image.segments, ElementsAre(Segment{0x08000000, {1, 2, 3, 4}}));
}

TEST(Uf2, FilesForOtherChipsMayBeInTheSameFile) {
  const Block other{0x10000000, {9}, 0, 1, 0x2000, rp2040};
  EXPECT_THAT(parse_image(file({other, {}})).segments,
              ElementsAre(Segment{0x08000000, {1, 2, 3, 4}}));
  const Image alone = parse_image(file({other}));
  EXPECT_EQ(alone.uf2_family, rp2040) << "what it is for is the caller's business";
}

struct Bad {
  Bytes content;
  const char* place;
  const char* problem;
};

class HostileUf2 : public testing::TestWithParam<Bad> {};

TEST_P(HostileUf2, IsRefusedWithTheByte) {
  EXPECT_ERROR(parse_image(GetParam().content), Errc::bad_image,
               AllOf(StartsWith(GetParam().place), HasSubstr(GetParam().problem)));
}

Bytes two_with(std::size_t at, std::uint8_t value) {
  Bytes content = file({{0x08000000, {1}, 0, 2}, {0x08000001, {2}, 1, 2}});
  content.at(at) = value;
  return content;
}

Bytes cut(Bytes content, std::size_t size) {
  content.resize(size);
  return content;
}

Block family(std::uint32_t id, std::uint32_t flags = 0x2000) {
  return {.flags = flags, .family = id};
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileUf2,
    testing::Values(
        Bad{two_with(512, 0), "byte 512: ", "magic number 0x0A324600, expected 0x0A324655"},
        Bad{two_with(516, 0), "byte 516: ", "magic number 0x9E5D5100, expected 0x9E5D5157"},
        Bad{two_with(508, 0), "byte 508: ", "magic number 0x0AB16F00, expected 0x0AB16F30"},
        Bad{cut(file({{}, {}}), 1023), "byte 512: ", "a block has 512 bytes, but 511 are left"},
        Bad{cut(file({{}}), 8), "byte 0: ", "a block has 512 bytes, but 8 are left"},
        Bad{cut(file({{.count = 2}, {.number = 1, .count = 2}}), 512),
            "byte 0: ", "is one of 2 blocks, but the file has 1"},
        Bad{file({{.count = 0xFFFFFFFF}}),
            "byte 0: ", "is one of 4294967295 blocks, but the file has 1"},
        Bad{file({{.number = 1}}), "byte 0: ", "is block 1 of 1"},
        Bad{file({{.count = 2}, {.address = 0, .count = 2}}),
            "byte 512: ", "is block 0 again; the first is at byte 0"},
        Bad{file({{.flags = 0x3000}}), "byte 0: ", "holds files for a file system, no program"},
        Bad{file({{.count = 2}, {.address = 0x08000002, .number = 1, .count = 2}}),
            "byte 512: ", "0x08000002-0x08000003 has bytes here and at byte 0, different ones"},
        Bad{file({{.address = 0xFFFFFFFE}}), "byte 0: ", "run past 0xFFFFFFFF"},
        Bad{file({family(f7), family(f4)}),
            "byte 512: ", "is for STM32F4 (0x57755A57), but byte 0 is for STM32F7 (0x53B80F00)"},
        Bad{file({family(f4), family(0, 0)}),
            "byte 0: ", "is for STM32F4 (0x57755A57), but byte 512 is for no family"},
        Bad{file({family(rp2040), family(0x12345678)}),
            "byte 0: ", "is for RP2040 (0xE48BFF56), but byte 512 is for family 0x12345678"},
        Bad{file({{.payload = {}}}), "holds no data", ""},
        Bad{file({{.flags = 0x2001}}), "holds no data", ""}));

TEST(HostileUf2File, WithAPayloadThatDoesNotFit) {
  Bytes content = file({{}});
  content[16] = 0xDD;
  content[17] = 0x01;
  EXPECT_ERROR(parse_image(content), Errc::bad_image,
               HasSubstr("byte 0: a payload of 477 bytes, at most 476 fit"));
}

TEST(EncodedUf2, HasWholePagesOnly) {
  Image image;
  image.segments = {{0x080000FE, {1, 2, 3}}, {0x08000180, {4}}};
  image.uf2_family = f4;
  Bytes first(256, 0xFF);
  first[254] = 1;
  first[255] = 2;
  Bytes second(256, 0xFF);
  second[0] = 3;
  second[128] = 4;
  Bytes expected = file({{0x08000000, first, 0, 2}, {0x08000100, second, 1, 2}});
  for (Bytes::value_type& byte : expected) byte = byte == 0xEE ? 0xFF : byte;
  EXPECT_EQ(encode_image(image, "uf2"), expected);
}

TEST(EncodedUf2, MayBeForNoFamily) {
  Image image;
  image.segments = {{0x08000000, {1}}};
  EXPECT_FALSE(parse_image(encode_image(image, "uf2")).uf2_family);
}

TEST(EncodedUf2, ReachesTheEndOfTheAddressSpace) {
  Image image;
  image.segments = {{0xFFFFFFFF, {1}}};
  EXPECT_EQ(parse_image(encode_image(image, "uf2")).segments.front().end(), std::uint64_t{1} << 32);
}

TEST(Uf2Families, AreFoundByNameAndId) {
  EXPECT_EQ(uf2_family_id("STM32F4"), f4);
  EXPECT_EQ(uf2_family_id("stm32f411XE"), 0x2DC309C5U);
  EXPECT_EQ(uf2_family_id("rp2040"), rp2040);
  EXPECT_EQ(uf2_family_id("RP20"), std::nullopt);
  EXPECT_TRUE(is_stm32_family(f7));
  EXPECT_FALSE(is_stm32_family(rp2040));
  EXPECT_EQ(describe_uf2_family(f4), "STM32F4 (0x57755A57)");
  EXPECT_EQ(describe_uf2_family(rp2040), "RP2040 (0xE48BFF56)");
  EXPECT_EQ(describe_uf2_family(0x12345678), "family 0x12345678");
}

TEST(Uf2Families, C3HaveNamesAndIdsOfTheirOwn) {
  std::set<std::uint32_t> ids;
  std::set<std::string_view> names;
  for (const Uf2Family& family : uf2_families()) {
    EXPECT_TRUE(ids.insert(family.id).second) << family.name;
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_EQ(uf2_family_id(family.name), family.id);
  }
  EXPECT_EQ(ids.size(), 78U) << "rows of uf2families.json in February 2026";
}

}  // namespace
}  // namespace sysboot
