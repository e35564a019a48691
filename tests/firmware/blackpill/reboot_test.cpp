// SPDX-License-Identifier: GPL-3.0-or-later
// Leaving in good order, and the small parts that need no board.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_board.hpp"

namespace firmware_test {
namespace {

struct Departure {
  bool into_rom;
  std::uint32_t detached_after;  ///< ms since `asked`
  std::uint32_t reset_after;     ///< ms since it was detached
};

class Reboot : public testing::Test {
 protected:
  Reboot() {
    board.enumerate();
    board.now = 1000;
  }

  Departure departure() {
    const std::uint32_t asked = board.now;
    try {
      board.run(5000);
    } catch (const Rebooted& rebooted) {
      return {rebooted.into_rom, *board.detached_at - asked, board.now - *board.detached_at};
    }
    ADD_FAILURE() << "it stayed";
    return {};
  }

  Board board;
};

TEST_F(Reboot, GivesTheHostTimeThenDetachesThenResets) {
  reboot_into_rom();
  const Departure was = departure();
  EXPECT_TRUE(was.into_rom);
  EXPECT_EQ(was.detached_after, 100U);
  EXPECT_GE(was.reset_after, 20U) << "so that the host sees the board go";
}

TEST_F(Reboot, StaysWithoutBeingAsked) {
  board.run(1000);
  EXPECT_TRUE(board.attached);
}

TEST_F(Reboot, TheFirstRequestWins) {
  reboot_into_rom();
  board.run(50);
  reboot_into_application();
  reboot_into_rom();
  const Departure was = departure();
  EXPECT_TRUE(was.into_rom);
  EXPECT_EQ(was.detached_after, 50U) << "and is not put off";
}

TEST_F(Reboot, ResetCommandStartsTheApplication) {
  EXPECT_THAT(board.type("reset\r"), testing::HasSubstr("resetting\r\n"));
  EXPECT_FALSE(departure().into_rom);
}

TEST_F(Reboot, WaitsForTheAnswerToBeRead) {
  board.give(0x01, {'d', 'f', 'u', '\r'});
  board.run(250);
  EXPECT_TRUE(board.attached);
  const Bytes answer = board.take(0x81).value_or(Bytes{});
  EXPECT_THAT(std::string(answer.begin(), answer.end()),
              testing::HasSubstr("rebooting into the bootloader\r\n"));
  EXPECT_EQ(departure().detached_after, 0U);
}

TEST_F(Reboot, WaitsForTheStatusStage) {
  board.send_setup({0x21, 0, 1000, 2, 0});
  board.run(250);
  EXPECT_TRUE(board.attached);
  EXPECT_TRUE(board.take(0x80));
  EXPECT_EQ(departure().detached_after, 0U);
}

TEST_F(Reboot, ButNotForever) {
  board.give(0x01, {'d', 'f', 'u', '\r'});
  board.turn();
  usb_on_suspend();
  const Departure was = departure();
  EXPECT_TRUE(was.into_rom);
  EXPECT_EQ(was.detached_after, 400U);
}

TEST_F(Reboot, WorksAcrossTheWrapOfTime) {
  board.now = 0xFFFFFFFF - 20;
  reboot_into_rom();
  EXPECT_EQ(departure().detached_after, 100U);
}

TEST_F(Reboot, ButtonWithoutAHost) {
  board.reset_bus();
  board.button_held = true;
  EXPECT_TRUE(departure().into_rom);
}

TEST(Text, Decimal) {
  char text[11];
  for (const auto& [value, expected] :
       {std::pair{0U, "0"}, {7U, "7"}, {10U, "10"}, {4294967295U, "4294967295"}}) {
    text_decimal(text, value);
    EXPECT_STREQ(text, expected);
  }
}

// Pairs that people reported: unique id, and serial number of the ROM (F405) and of ST's example
// (F412).
TEST(Text, SerialNumber) {
  char text[13];
  text_serial_number(text, 0x002D0030, 0x3334510B, 0x32313533);
  EXPECT_STREQ(text, "325E35633334");
  text_serial_number(text, 0x0023001F, 0x35373509, 0x36373731);
  EXPECT_STREQ(text, "365A37503537");
  text_serial_number(text, 0xFFFFFFFF, 0xABCD0000, 0x00000002);
  EXPECT_STREQ(text, "00000001ABCD") << "the sum wraps";
}

TEST(Ring, KeepsOrderAcrossItsEnd) {
  std::uint8_t storage[8];
  ring r = {storage, sizeof storage, 0, 0};
  std::uint8_t next_in = 0;
  std::uint8_t next_out = 0;
  for (int round = 0; round < 100; ++round) {
    std::uint8_t bytes[5] = {};
    for (auto& byte : bytes) byte = next_in++;
    ASSERT_EQ(ring_put(&r, bytes, 5), 5U);
    ASSERT_EQ(ring_used(&r), 5U);
    ASSERT_EQ(ring_take(&r, bytes, 8), 5U);
    for (const auto byte : bytes) ASSERT_EQ(byte, next_out++);
  }
}

TEST(Ring, TakesWhatFits) {
  std::uint8_t storage[8];
  ring r = {storage, sizeof storage, 0, 0};
  const std::uint8_t bytes[12] = {};
  EXPECT_EQ(ring_put(&r, bytes, 12), 8U);
  EXPECT_EQ(ring_room(&r), 0U);
  EXPECT_EQ(ring_put(&r, bytes, 1), 0U);
  ring_clear(&r);
  EXPECT_EQ(ring_room(&r), 8U);
}

}  // namespace
}  // namespace firmware_test
