// SPDX-License-Identifier: GPL-3.0-or-later
// The stamp, as a host puts it into an image, and its CRC against values known from elsewhere.
#include "guard_image.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint32_t word(const Bytes& image, std::uint32_t offset) {
  return guard_word_at(image.data(), offset);
}

Bytes image_with(std::uint32_t magic, std::uint32_t length, std::uint32_t crc,
                 std::uint32_t flags) {
  Bytes image(0x60, 0xA5);
  guard_put_word(image.data(), 0x1C, magic);
  guard_put_word(image.data(), 0x20, length);
  guard_put_word(image.data(), 0x24, crc);
  guard_put_word(image.data(), 0x28, flags);
  return image;
}

TEST(GuardStamp, ItsCrcIsThatOfTheChip) {
  // CRC-32/MPEG-2 of "123456789" is 0x0376E6E7 in Greg Cook's catalogue; of its first eight bytes,
  // highest byte first, as the unit takes words.
  std::uint32_t crc = guard_crc_add(0xFFFFFFFF, 0x31323334);
  crc = guard_crc_add(crc, 0x35363738);
  // The ninth byte by hand: a word that has only its lowest byte, bit by bit.
  crc ^= 0x39U << 24;
  for (int bit = 0; bit < 8; ++bit)
    crc = (crc & 0x80000000) != 0 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
  EXPECT_EQ(crc, 0x0376E6E7U);
}

TEST(GuardStamp, LeavesOutItsCrcAndNothingElse) {
  const Bytes image = image_with(1, 2, 3, 4);
  const std::uint32_t crc = guard_stamp_crc(image.data(), 0x60);
  for (std::uint32_t n = 0; n < 0x60; ++n) {
    Bytes other = image;
    other[n] ^= 0x10;
    const bool is_crc = n >= 0x24 && n < 0x28;
    EXPECT_EQ(guard_stamp_crc(other.data(), 0x60) == crc, is_crc) << n;
  }
}

TEST(GuardStamp, GoesWhereNothingIs) {
  for (const std::uint32_t empty : {0U, 0xFFFFFFFFU}) {
    Bytes image = image_with(empty, empty, empty, empty);
    const Bytes before = image;
    ASSERT_TRUE(guard_stamp_put(image.data(), 0x60));
    EXPECT_EQ(word(image, 0x1C), 0x504D5453U);
    EXPECT_EQ(word(image, 0x20), 0x60U);
    EXPECT_EQ(word(image, 0x24), guard_stamp_crc(image.data(), 0x60));
    EXPECT_EQ(word(image, 0x28), 0U);
    for (std::uint32_t n = 0; n < 0x60; ++n) {
      const bool is_slot = n >= 0x1C && n < 0x2C;
      EXPECT_TRUE(is_slot || image[n] == before[n]) << n;
    }
  }
}

TEST(GuardStamp, KeepsTheApplicationsWishForConfirmation) {
  Bytes image = image_with(0, 0xFFFFFFFF, 0, GUARD_STAMP_CONFIRM);
  ASSERT_TRUE(guard_stamp_put(image.data(), 0x60));
  EXPECT_EQ(word(image, 0x28), GUARD_STAMP_CONFIRM);
}

TEST(GuardStamp, IsMadeAnew) {
  Bytes image = image_with(0, 0, 0, GUARD_STAMP_CONFIRM);
  ASSERT_TRUE(guard_stamp_put(image.data(), 0x60));
  const Bytes stamped = image;
  image[0x50] ^= 1;
  ASSERT_TRUE(guard_stamp_put(image.data(), 0x60));
  EXPECT_NE(word(image, 0x24), word(stamped, 0x24));
  image[0x50] ^= 1;
  ASSERT_TRUE(guard_stamp_put(image.data(), 0x60));
  EXPECT_EQ(image, stamped);
}

TEST(GuardStamp, LeavesOtherImagesAlone) {
  for (unsigned slot = 0; slot < 4; ++slot) {
    std::uint32_t words[4] = {0, 0, 0, 0};
    words[slot] = 0x08004101;
    Bytes image = image_with(words[0], words[1], words[2], words[3]);
    const Bytes before = image;
    EXPECT_FALSE(guard_stamp_put(image.data(), 0x60)) << slot;
    EXPECT_EQ(image, before);
  }
  Bytes image = image_with(0, 0, 0, 0);
  const Bytes before = image;
  EXPECT_FALSE(guard_stamp_put(image.data(), 0x28)) << "too short";
  EXPECT_FALSE(guard_stamp_put(image.data(), 0x5E)) << "no multiple of 4";
  EXPECT_EQ(image, before);
  EXPECT_TRUE(guard_stamp_put(image.data(), 0x2C));
}

}  // namespace
