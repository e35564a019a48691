// SPDX-License-Identifier: GPL-3.0-or-later
// The application without any way into the ROM: whatever a host does, it stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_board.hpp"
#include "sysboot/virtual/application.hpp"

namespace firmware_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class NoTriggers : public testing::Test {
 protected:
  NoTriggers() { board.enumerate(); }

  void stays() {
    EXPECT_NO_THROW(board.run(5000));
    EXPECT_TRUE(board.attached);
    EXPECT_FALSE(reboot_is_pending());
    EXPECT_FALSE(usb_rom_wanted());
  }

  Board board;
};

TEST_F(NoTriggers, D8TheTouchIsOnlyARate) {
  EXPECT_TRUE(board.control({0x21, 0x20, 0, 0, 7}, {0xB0, 0x04, 0, 0, 0, 0, 8}));  // 1200 baud
  EXPECT_TRUE(board.set(0x21, 0x22, 1, 0));
  EXPECT_TRUE(board.set(0x21, 0x22, 0, 0));
  stays();
}

TEST_F(NoTriggers, D8TheLineIsNoCommand) {
  EXPECT_THAT(board.type("dfu\r"), HasSubstr("dfu: unknown command; try help\r\n"));
  EXPECT_THAT(board.type("help\r"), Not(HasSubstr("dfu:")));
  stays();
}

TEST_F(NoTriggers, D8ThereIsNoInterfaceToDetach) {
  EXPECT_FALSE(board.set(0x21, 0, 1000, 2));
  EXPECT_FALSE(board.get(0xA1, 3, 0, 2, 6)) << "DFU_GETSTATUS";
  EXPECT_FALSE(board.get(0x81, 6, 0x2100, 2, 9)) << "its functional descriptor";
  EXPECT_FALSE(board.get(0x81, 10, 0, 2, 1)) << "GET_INTERFACE";
  EXPECT_FALSE(board.get(0x80, 6, 0x0304, 0x0409, 255)) << "its name";
  stays();
}

TEST_F(NoTriggers, D8ConfigurationIsThatOfAVirtualBoardWithoutTheInterface) {
  const sysboot::virtual_bench::Application application(
      sysboot::virtual_bench::ApplicationSettings{});
  EXPECT_EQ(board.get(0x80, 6, 0x0200, 0, 255), application.descriptors().configuration);
}

TEST_F(NoTriggers, D8ResetIsStillACommand) {
  EXPECT_THAT(board.type("reset\r"), HasSubstr("resetting\r\n"));
  EXPECT_THROW(board.run(5000), Rebooted);
}

}  // namespace
}  // namespace firmware_test
