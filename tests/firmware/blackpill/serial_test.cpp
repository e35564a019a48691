// SPDX-License-Identifier: GPL-3.0-or-later
// The serial port, the console on it, and the ways into the ROM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_board.hpp"

namespace firmware_test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

constexpr std::uint16_t dtr = 1;
constexpr std::uint16_t rts = 2;

class Serial : public testing::Test {
 protected:
  Serial() { board.enumerate(); }

  void set_baud(unsigned baud) {
    const auto byte = [baud](unsigned n) { return static_cast<std::uint8_t>(baud >> 8 * n); };
    EXPECT_TRUE(
        board.control({0x21, 0x20, 0, 0, 7}, {byte(0), byte(1), byte(2), byte(3), 0, 0, 8}));
  }

  void set_lines(std::uint16_t lines) { EXPECT_TRUE(board.set(0x21, 0x22, lines, 0)); }

  Board board;
};

TEST_F(Serial, LineCodingIsKept) {
  EXPECT_THAT(board.get(0xA1, 0x21, 0, 0, 7),
              Optional(ElementsAre(0x00, 0xC2, 0x01, 0x00, 0, 0, 8)));
  set_baud(9600);
  EXPECT_THAT(board.get(0xA1, 0x21, 0, 0, 7),
              Optional(ElementsAre(0x80, 0x25, 0x00, 0x00, 0, 0, 8)));
}

TEST_F(Serial, StallsOtherClassRequests) {
  EXPECT_FALSE(board.set(0x21, 0x23, 0, 0)) << "SEND_BREAK, which its descriptor does not offer";
  EXPECT_FALSE(board.control({0x21, 0x20, 0, 0, 2}, {1, 2})) << "a line coding of two bytes";
  EXPECT_FALSE(board.set(0x21, 0x22, 1, 1)) << "the data interface";
  EXPECT_FALSE(board.set(0x21, 0x22, 1, 3));
  EXPECT_FALSE(board.set(0x22, 0x22, 1, 0)) << "an endpoint";
}

TEST_F(Serial, Commands) {
  EXPECT_EQ(board.type("version\r"), "version\r\nstm32boot Black Pill test-1\r\n> ");
  EXPECT_EQ(board.type("version\n"), "version\r\nstm32boot Black Pill test-1\r\n> ");
  EXPECT_EQ(board.type("version\r\n"), "version\r\nstm32boot Black Pill test-1\r\n> ");
  EXPECT_EQ(board.type("echo two  words\r"), "echo two  words\r\ntwo  words\r\n> ");
  EXPECT_EQ(board.type("echo\r"), "echo\r\n\r\n> ");
  board.now = 12'034;
  EXPECT_THAT(board.type("uptime\r"), HasSubstr("12.034 s, started by the test\r\n"));
  EXPECT_THAT(board.type("help\r"), HasSubstr("dfu: reboots into the ROM bootloader\r\n"));
  EXPECT_THAT(board.type("flash\r"), HasSubstr("flash: unknown command; try help\r\n"));
  EXPECT_FALSE(reboot_is_pending());
}

TEST_F(Serial, EmptyLinesDoNothing) {
  EXPECT_EQ(board.type("\r\n\n\r\r"), "");
  EXPECT_EQ(board.type("   \r"), "   ");
}

TEST_F(Serial, Editing) {
  EXPECT_THAT(board.type("versi0\x08on\r"), HasSubstr("test-1"));
  EXPECT_THAT(board.type("versi0\x7Fon\r"), HasSubstr("test-1"));
  EXPECT_THAT(board.type("rubbish\x15version\r"), HasSubstr("test-1"));
  EXPECT_THAT(board.type("rubbish\x03version\r"), HasSubstr("^C\r\n> version\r\nstm32boot"));
  EXPECT_EQ(board.type("\x08\x7F\x15"), "") << "nothing to erase";
  EXPECT_THAT(board.type("\x1B\xFFversion\r"), HasSubstr("test-1"))
      << "other characters are no part of a line";
}

TEST_F(Serial, LinesThatAreTooLong) {
  EXPECT_THAT(board.type(std::string(500, 'x') + "\r"), EndsWith("line too long\r\n> "));
  EXPECT_THAT(board.type("echo " + std::string(115, 'x') + "\r"),
              EndsWith(std::string(115, 'x') + "\r\n> "));
  EXPECT_THAT(board.type("dfu" + std::string(300, ' ') + "\r"), EndsWith("line too long\r\n> "));
  EXPECT_FALSE(reboot_is_pending());
  EXPECT_THAT(board.type("version\r"), HasSubstr("test-1"));
}

// A terminal with local echo sends everything back that it gets.
TEST_F(Serial, ItsOwnOutputIsNoCommandThatReboots) {
  board.type(board.type("help\r"));
  board.type(board.type("dfu now\r"));
  EXPECT_FALSE(reboot_is_pending());
}

TEST_F(Serial, AFullPacketIsFollowedByAnother) {
  ASSERT_TRUE(board.give(0x01, Bytes(64, 'y')));
  board.turn();
  EXPECT_THAT(board.take(0x81), Optional(testing::SizeIs(64)));
  board.turn();
  EXPECT_THAT(board.take(0x81), Optional(ElementsAre()))
      << "or a host that reads 128 would wait on";
  board.turn();
  EXPECT_FALSE(board.take(0x81));
}

TEST_F(Serial, NothingIsLostWhenTheHostReads) {
  std::string expected;
  std::string got;
  for (int n = 0; n < 300; ++n) {
    const std::string text = std::to_string(n) + std::string(static_cast<unsigned>(n % 100), '.');
    got += board.type("echo " + text + "\r");
    expected += "echo " + text + "\r\n" + text + "\r\n> ";
  }
  EXPECT_EQ(got, expected);
}

TEST_F(Serial, AHostThatDoesNotReadIsWaitedForButNotForever) {
  const std::string line = "echo " + std::string(80, 'x') + "\r";
  int taken = 0;
  for (int n = 0; n < 50; ++n) {
    for (std::size_t at = 0; at < line.size(); at += 64) {
      const std::string part = line.substr(at, 64);
      taken += board.give(0x01, Bytes(part.begin(), part.end())) ? 1 : 0;
      board.turn();
    }
  }
  EXPECT_LT(taken, 20) << "it is told to wait";
  board.run(110);
  EXPECT_TRUE(board.give(0x01, {'\r', 'd', 'f', 'u', '\r'}));
  board.turn();
  EXPECT_TRUE(reboot_is_pending());
}

TEST_F(Serial, ABusResetForgetsWhatWasToBeSent) {
  board.give(0x01, {'h', 'e', 'l', 'p', '\r'});
  board.turn();
  board.enumerate();
  EXPECT_EQ(board.read(), "");
}

// Ways into the ROM.

TEST_F(Serial, TheLineThatStm32bootSends) {
  board.type("half a li");
  EXPECT_THAT(board.type("\rdfu\r"), HasSubstr("rebooting into the bootloader\r\n"));
  EXPECT_TRUE(reboot_is_pending());
}

TEST_F(Serial, TouchIsDtrFallingAt1200Baud) {
  set_lines(dtr | rts);
  set_baud(1200);
  EXPECT_FALSE(usb_rom_wanted());
  set_lines(dtr);
  EXPECT_FALSE(usb_rom_wanted());
  set_lines(0);
  EXPECT_TRUE(usb_rom_wanted());
}

TEST_F(Serial, ALineThatIsLowAlreadyIsNoTouch) {
  set_baud(1200);
  set_lines(rts);
  set_lines(0);
  EXPECT_FALSE(usb_rom_wanted());
}

TEST_F(Serial, ClosingAtAnotherRateIsNoTouch) {
  for (const unsigned baud : {300U, 1201U, 9600U, 115200U, 1200U << 8}) {
    set_lines(dtr);
    set_baud(baud);
    set_lines(0);
  }
  set_baud(1200);
  EXPECT_FALSE(usb_rom_wanted());
}

TEST_F(Serial, DetachAndItsStates) {
  EXPECT_THAT(board.get(0xA1, 3, 0, 2, 6), Optional(ElementsAre(0, 0, 0, 0, 0, 0))) << "appIDLE";
  EXPECT_THAT(board.get(0xA1, 5, 0, 2, 1), Optional(ElementsAre(0)));
  EXPECT_FALSE(board.set(0x21, 1, 0, 2)) << "DNLOAD";
  EXPECT_FALSE(board.set(0x21, 0, 1000, 1)) << "not this interface";
  EXPECT_FALSE(usb_rom_wanted());
  EXPECT_TRUE(board.set(0x21, 0, 1000, 2)) << "with its status stage";
  EXPECT_TRUE(usb_rom_wanted());
  EXPECT_THAT(board.get(0xA1, 5, 0, 2, 1), Optional(ElementsAre(1))) << "appDETACH";
}

}  // namespace
}  // namespace firmware_test
