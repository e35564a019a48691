// SPDX-License-Identifier: GPL-3.0-or-later
// Which board? Exactly one, or an error that lists the candidates.
#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Find : public support::Bench {
 protected:
  void add_st_link() {
    host_.add_device({"1-3", 1, 90, 0x0483, 0x374B, 0x0100, "ST", "STM32 STLink", "066", {}},
                     {{"/dev/ttyACM7", "1-3", 2}});
  }
  void add_serial_adapter() {
    host_.add_device({"1-5", 1, 91, 0x0403, 0x6001, 0x0600, "FTDI", "FT232R", "A1", {}},
                     {{"/dev/ttyUSB0", "1-5", 0}});
  }
  void add_keyboard() {
    host_.add_device({"1-6", 1, 92, 0x046D, 0xC31C, 0x6400, "Logitech", "Keyboard", "", {}});
  }
};

TEST_F(Find, TheOnlyBoardNeedsNoName) {
  add_board();
  add_st_link();
  add_serial_adapter();
  add_keyboard();
  const Board board = find_board(host_, {});
  EXPECT_EQ(board.port_path(), "1-1");
  EXPECT_EQ(board.mode, BoardMode::application);
  EXPECT_EQ(board.ports.front().path, "/dev/ttyACM0");
}

TEST_F(Find, EachSelectorFindsItsBoard) {
  add_board({}, "1-1");
  BoardSettings second;
  second.application.serial = "ABCDEF012345";
  add_board(second, "1-2");
  EXPECT_EQ(find_board(host_, {"/dev/ttyACM1", "", ""}).port_path(), "1-2");
  EXPECT_EQ(find_board(host_, {"", "1-2", ""}).port_path(), "1-2");
  EXPECT_EQ(find_board(host_, {"", "", "abcdef012345"}).port_path(), "1-2");
  EXPECT_EQ(find_board(host_, {"/dev/ttyACM1", "1-2", "ABCDEF012345"}).port_path(), "1-2");
  EXPECT_ERROR(find_board(host_, {"/dev/ttyACM0", "1-2", ""}), Errc::no_board,
               HasSubstr("no board fits --port /dev/ttyACM0 --usb 1-2"));
}

TEST_F(Find, SeveralBoardsAreListed) {
  add_board({}, "1-1");
  BoardSettings second;
  second.starts_in_rom = true;
  add_board(second, "1-2");
  EXPECT_ERROR(find_board(host_, {}), Errc::ambiguous_board,
               AllOf(HasSubstr("2 boards fit"), HasSubstr("--usb 1-1"), HasSubstr("/dev/ttyACM0"),
                     HasSubstr("--usb 1-2"), HasSubstr("DFU mode")));
}

TEST_F(Find, NoBoardAtAll) {
  EXPECT_ERROR(find_board(host_, {}), Errc::no_board, HasSubstr("no STM32 board found"));
}

TEST_F(Find, NoUsbAtAll) {
  host_.hide_usb("this machine shows no USB bus");
  EXPECT_ERROR(find_board(host_, {}), Errc::no_board, HasSubstr("this machine shows no USB bus"));
}

TEST_F(Find, OtherMakesOnlyWhenNamed) {
  add_serial_adapter();
  EXPECT_ERROR(find_board(host_, {}), Errc::no_board, HasSubstr("no STM32 board"));
  EXPECT_EQ(find_board(host_, {"/dev/ttyUSB0", "", ""}).port_path(), "1-5");
}

TEST_F(Find, DebugProbesNever) {
  add_st_link();
  EXPECT_THAT(list_boards(host_), IsEmpty());
  EXPECT_ERROR(find_board(host_, {"/dev/ttyACM7", "", ""}), Errc::no_board,
               HasSubstr("/dev/ttyACM7"));
}

TEST_F(Find, SaysWhatItSaw) {
  add_st_link();
  add_serial_adapter();
  add_keyboard();
  const auto seen = look_around(host_);
  ASSERT_THAT(seen, SizeIs(2)) << "keyboards are nobody's business";
  EXPECT_THAT(seen[0].what, AllOf(HasSubstr("1-3"), HasSubstr("0483:374b")));
  EXPECT_THAT(seen[0].why, HasSubstr("debug probe"));
  EXPECT_THAT(seen[1].what, HasSubstr("/dev/ttyUSB0"));
  EXPECT_THAT(seen[1].why, HasSubstr("another make"));
}

TEST_F(Find, SaysWhatItMayNotOpen) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings);
  host_.refuse("1-1", Error(Errc::not_permitted, "no"));
  const auto seen = look_around(host_);
  ASSERT_THAT(seen, Not(IsEmpty()));
  EXPECT_THAT(seen.back().why, HasSubstr("may not open"));
}

TEST_F(Find, APortThatIsNamedMayComeAMomentLater) {
  add_board();
  host_.board("1-1").unplug(host_.now());
  host_.board("1-1").plug_in(host_.now(), false);  // takes a moment to enumerate
  ASSERT_THAT(host_.usb_devices(), IsEmpty());
  EXPECT_EQ(enter(job(), {"/dev/ttyACM0", "", ""}, {}).outcome, Outcome::entered);
}

TEST_F(Find, APortThatDoesNotComeIsNotWaitedForLong) {
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter(job(), {"/dev/ttyACM7", "", ""}, {}), Errc::no_board,
               HasSubstr("/dev/ttyACM7"));
  EXPECT_LT(host_.now() - start, std::chrono::seconds(1));
}

TEST_F(Find, ARebootedBoardIsStillFoundByItsPort) {
  add_board();
  enter(job(), {"/dev/ttyACM0", "", ""}, {});
  const Board board = find_board(host_, {"/dev/ttyACM0", "", ""});
  EXPECT_EQ(board.port_path(), "1-1");
  EXPECT_EQ(board.mode, BoardMode::dfu);
}

TEST_F(Find, ABoardThatIsStillRebootingIsWaitedFor) {
  add_board();
  stop_ = true;
  EXPECT_ERROR(enter(job(), {"/dev/ttyACM0", "", ""}, {}), Errc::interrupted, HasSubstr("stopped"));
  stop_ = false;
  ASSERT_THAT(host_.usb_devices(), IsEmpty()) << "on its way";
  EXPECT_EQ(enter(job(), {"/dev/ttyACM0", "", ""}, {}).outcome, Outcome::already);
}

TEST_F(Find, ABoardThatNeverArrivesIsNotWaitedForLong) {
  BoardSettings settings;
  settings.never_returns = true;
  add_board(settings);
  enter(job(), {}, {});
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter(job(), {}, {}), Errc::no_board, HasSubstr("no STM32 board"));
  EXPECT_LE(host_.now() - start, std::chrono::seconds(4));
}

TEST_F(Find, ARebootedBoardIsNotConfusedWithItsSuccessor) {
  add_board();
  enter(job(), {"/dev/ttyACM0", "", ""}, {});
  // Somebody swaps it for another board in DFU mode.
  host_.board("1-1").unplug(host_.now());
  host_.board("1-1").settings().rom.serial = "0123456789AB";
  host_.board("1-1").plug_in(host_.now(), true);
  host_.sleep(std::chrono::seconds(1));
  EXPECT_ERROR(find_board(host_, {"/dev/ttyACM0", "", ""}), Errc::no_board,
               HasSubstr("/dev/ttyACM0"));
}

}  // namespace
}  // namespace sysboot
