// SPDX-License-Identifier: GPL-3.0-or-later
// Which board? Exactly one, or an error that lists the candidates.
#include <tuple>

#include "step/follow.hpp"
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/option_bytes.hpp"
#include "sysboot/unlock.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::VirtualBoard;
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
               HasSubstr("no board fits serial port /dev/ttyACM0, USB port 1-2"));
}

TEST_F(Find, SeveralBoardsAreListed) {
  add_board({}, "1-1");
  BoardSettings second;
  second.starts_in_rom = true;
  add_board(second, "1-2");
  EXPECT_ERROR(find_board(host_, {}), Errc::ambiguous_board,
               AllOf(HasSubstr("2 boards fit"), HasSubstr("\n  1-1 "), HasSubstr("/dev/ttyACM0"),
                     HasSubstr("\n  1-2 "), HasSubstr("DFU mode")));
}

TEST_F(Find, NoBoardAtAll) {
  EXPECT_ERROR(find_board(host_, {}), Errc::no_board, HasSubstr("no STM32 board found"));
}

TEST_F(Find, NoUsbAtAll) {
  host_.hide_usb("this machine shows no USB bus");
  EXPECT_ERROR(find_board(host_, {}), Errc::no_board, HasSubstr("this machine shows no USB bus"));
}

TEST_F(Find, OthersOnlyWhenNamed) {
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
  EXPECT_EQ(seen[1].why, "only used when it is named");
  EXPECT_EQ(seen[1].missing, Sighting::Missing::name);
  EXPECT_EQ(seen[1].board->ports.front().path, "/dev/ttyUSB0");
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
  std::ignore = enter(job(), {"/dev/ttyACM0", "", ""}, {});
  const Board board = find_board(host_, {"/dev/ttyACM0", "", ""});
  EXPECT_EQ(board.port_path(), "1-1");
  EXPECT_EQ(board.mode, BoardMode::dfu);
}

TEST_F(Find, ABoardThatIsStillRebootingIsWaitedFor) {
  add_board();
  stop_ = true;
  EXPECT_ERROR(enter(job(), {"/dev/ttyACM0", "", ""}, {}), Errc::interrupted, HasSubstr("stopped"));
  stop_ = false;
  host_.sleep(std::chrono::milliseconds(50));
  ASSERT_THAT(host_.usb_devices(), IsEmpty()) << "on its way";
  EXPECT_EQ(enter(job(), {"/dev/ttyACM0", "", ""}, {}).outcome, Outcome::already);
}

TEST_F(Find, ABoardThatNeverArrivesIsNotWaitedForLong) {
  BoardSettings settings;
  settings.never_returns = true;
  add_board(settings);
  std::ignore = enter(job(), {}, {});
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter(job(), {}, {}), Errc::no_board, HasSubstr("no STM32 board"));
  EXPECT_LE(host_.now() - start, std::chrono::seconds(4));
}

TEST_F(Find, ARebootedBoardIsNotConfusedWithItsSuccessor) {
  add_board();
  std::ignore = enter(job(), {"/dev/ttyACM0", "", ""}, {});
  // Somebody swaps it for another board in DFU mode.
  host_.board("1-1").unplug(host_.now());
  host_.board("1-1").settings().rom.serial = "0123456789AB";
  host_.board("1-1").plug_in(host_.now(), true);
  host_.sleep(std::chrono::seconds(1));
  EXPECT_ERROR(find_board(host_, {"/dev/ttyACM0", "", ""}), Errc::no_board,
               HasSubstr("/dev/ttyACM0"));
}

// ROMs of some lines all show the same serial number.
class Reboots : public Find {
 protected:
  static BoardSettings nameless() {
    BoardSettings settings;
    settings.application.serial = "";
    settings.rom.serial = "STM32FxSTM32";
    return settings;
  }
  VirtualBoard& enter_at_port() {
    VirtualBoard& board = add_board(nameless(), "1-1");
    std::ignore = enter(job(), acm0_, {});
    EXPECT_EQ(find_board(host_, acm0_).mode, BoardMode::dfu);
    return board;
  }
  bool leaves_the_bus() {
    const auto is_gone = [&] { return host_.usb_devices().empty(); };
    return job().wait_until(host_.now() + std::chrono::seconds(1), is_gone);
  }
  const Selector acm0_{"/dev/ttyACM0", "", ""};
};

TEST_F(Reboots, B2AreVoidOnceTheBootloaderHasLeft) {
  VirtualBoard& board = enter_at_port();
  board.unplug(host_.now());
  EXPECT_ERROR(find_board(host_, acm0_), Errc::no_board, HasSubstr("ttyACM0"));
  board.plug_in(host_.now(), true);  // or another one: nobody can know
  host_.sleep(std::chrono::seconds(1));
  ASSERT_TRUE(board.in_rom());
  EXPECT_ERROR(enter(job(), acm0_, {}), Errc::no_board, HasSubstr("ttyACM0"));
  EXPECT_THAT(host_.reboots(), IsEmpty()) << "and forgotten";
}

// The same command again finishes the work.
TEST_F(Reboots, B2ABoardWithASerialNumberOfItsOwnIsKnownWhenItIsBack) {
  VirtualBoard& board = add_board({}, "1-1");
  std::ignore = enter(job(), acm0_, {});
  board.unplug(host_.now());
  EXPECT_ERROR(find_board(host_, acm0_), Errc::no_board, HasSubstr("ttyACM0"));
  board.plug_in(host_.now(), true);
  host_.sleep(std::chrono::seconds(1));
  EXPECT_EQ(find_board(host_, acm0_).mode, BoardMode::dfu);
  board.unplug(host_.now());
  BoardSettings other;
  other.unique_id[0] ^= 1;
  other.boot0_held = true;
  other.starts_in_rom = true;
  add_board(other, "1-2");
  EXPECT_ERROR(find_board(host_, acm0_), Errc::no_board, HasSubstr("ttyACM0"));
}

TEST_F(Reboots, B2DoNotMakeAnotherBoardWaitForOneThatHasLeft) {
  enter_at_port().unplug(host_.now());
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter(job(), acm0_, {}), Errc::no_board, HasSubstr("ttyACM0"));
  EXPECT_LT(host_.now() - start, std::chrono::seconds(1));
}

TEST_F(Reboots, B2APortThatAnotherBoardHasGotMeansBoth) {
  enter_at_port();
  add_board(nameless(), "1-2");
  ASSERT_EQ(host_.serial_ports().front().path, "/dev/ttyACM0");
  EXPECT_ERROR(find_board(host_, acm0_), Errc::ambiguous_board,
               AllOf(HasSubstr("2 boards fit"), HasSubstr("\n  1-2      application mode"),
                     HasSubstr("\n  1-1      DFU mode"),
                     HasSubstr("which had /dev/ttyACM0 before it was rebooted")));
  EXPECT_EQ(find_board(host_, {"/dev/ttyACM0", "1-1", ""}).mode, BoardMode::dfu);
  EXPECT_EQ(find_board(host_, {"/dev/ttyACM0", "1-2", ""}).mode, BoardMode::application);
}

TEST_F(Reboots, B2APortIsTheOtherBoardsOnceTheFirstIsBack) {
  enter_at_port();
  add_board(nameless(), "1-2");
  std::ignore = run(job(), {"", "1-1", ""}, flash_base, {});
  EXPECT_EQ(find_board(host_, acm0_).port_path(), "1-2");
  EXPECT_THAT(host_.reboots(), IsEmpty());
}

TEST_F(Reboots, B2ALinkMeansTheBoardThatItIsFor) {
  add_board(nameless(), "1-1");
  class Links : public support::VirtualHost {
   public:
    std::string canonical_port(const std::string& path) override {
      return path == "/dev/blue" || path == "/dev/red" ? "/dev/ttyACM0" : path;
    }
  };
  Links host;
  host.add_board("1-1", nameless());
  std::ignore = enter({host}, {"/dev/red", "", ""}, {});
  host.add_board("1-2", nameless());
  EXPECT_EQ(find_board(host, {"/dev/blue", "", ""}).port_path(), "1-2");
  EXPECT_ERROR(find_board(host, {"/dev/red", "", ""}), Errc::ambiguous_board, HasSubstr("1-1"));
  EXPECT_ERROR(find_board(host, acm0_), Errc::ambiguous_board, HasSubstr("1-1"));
}

TEST_F(Reboots, B2TheSerialNumberOfTheApplicationStillNamesItsBoard) {
  BoardSettings settings;
  settings.application.serial = "my board";
  add_board(settings, "1-1");
  const Selector named{"", "", "My Board"};
  std::ignore = enter(job(), named, {});
  EXPECT_EQ(find_board(host_, named).mode, BoardMode::dfu);
  EXPECT_ERROR(find_board(host_, {"", "", "your board"}), Errc::no_board, HasSubstr("your board"));
}

TEST_F(Reboots, B2AreKeptWhileABoardComesAndGoesInAStory) {
  BoardSettings settings = nameless();
  settings.rom.read_protected = true;
  add_board(settings, "1-1");
  std::ignore = enter(job(), acm0_, {});
  const unsigned before = find_board(host_, acm0_).usb.address;
  host_.board("1-1").settings().boot0_held = true;
  UnlockOptions options;
  options.confirm = [](const UnlockLoss&) { return true; };
  EXPECT_TRUE(unlock(job(), acm0_, options).unlocked);
  EXPECT_NE(find_board(host_, acm0_).usb.address, before) << "it was reset, and is the same board";
}

TEST_F(Reboots, B2ABoardThatWasNotWaitedForIsExpected) {
  enter_at_port();
  RunOptions options;
  options.wait = false;
  std::ignore = run(job(), acm0_, flash_base, options);
  ASSERT_THAT(host_.serial_ports(), IsEmpty()) << "on its way";
  EXPECT_EQ(enter(job(), acm0_, {}).outcome, Outcome::entered);
}

TEST_F(Reboots, B2ABoardStoppedOnItsWayToItsApplicationIsExpected) {
  add_board({}, "1-1");
  std::ignore = enter(job(), acm0_, {});
  Job stopped = job();
  stopped.observer = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    stop_ = stop_ || (begin != nullptr && begin->stage == Stage::run);
  };
  EXPECT_ERROR(run(stopped, acm0_, flash_base, {}), Errc::interrupted, HasSubstr("stopped"));
  stop_ = false;
  ASSERT_TRUE(leaves_the_bus());
  EXPECT_EQ(enter(job(), {"", "1-1", ""}, {}).outcome, Outcome::entered);
}

TEST_F(Reboots, B2ABoardStoppedWhileItIsUnlockedIsExpected) {
  BoardSettings settings;
  settings.rom.read_protected = true;
  add_board(settings, "1-1");
  std::ignore = enter(job(), acm0_, {});
  UnlockOptions options;
  options.confirm = [&](const UnlockLoss&) { return stop_ = true; };
  EXPECT_ERROR(unlock(job(), acm0_, options), Errc::interrupted, HasSubstr("stopped"));
  stop_ = false;
  host_.board("1-1").settings().boot0_held = true;
  ASSERT_TRUE(leaves_the_bus());
  EXPECT_EQ(enter(job(), {"", "1-1", ""}, {}).outcome, Outcome::already);
}

TEST_F(Reboots, B2ABoardStoppedWhileItsOptionBytesAreWrittenIsExpected) {
  add_board({}, "1-1");
  std::ignore = enter(job(), acm0_, {});
  Job stopped = job();
  stopped.observer = [&](const Event& event) {
    const auto* transfer = std::get_if<Transfer>(&event);
    const bool writes_data = transfer != nullptr && transfer->setup.request == 1 &&
                             transfer->setup.value >= 2 && !transfer->setup.is_in();
    stop_ = stop_ || writes_data;
  };
  Bytes wanted = virtual_bench::RomSettings().option_bytes;
  wanted[8] = 0xFD;  // sector 1 is write-protected
  EXPECT_ERROR(write_option_bytes(stopped, acm0_, wanted, {}), Errc::interrupted,
               HasSubstr("stopped"));
  stop_ = false;
  ASSERT_TRUE(leaves_the_bus());
  EXPECT_EQ(enter(job(), {"", "1-1", ""}, {}).outcome, Outcome::entered);
}

TEST_F(Reboots, B2ABoardThatDidNotLeaveIsStillKnownLater) {
  enter_at_port();
  const Board board = find_board(host_, acm0_);
  expect_reboot(host_, board);
  EXPECT_FALSE(follow_into_application(job(), board, std::chrono::seconds(1)).left);
  host_.sleep(std::chrono::minutes(1));
  EXPECT_EQ(find_board(host_, acm0_).mode, BoardMode::dfu);
}

TEST_F(Reboots, B2WithoutADeviceTheyDoNotLastLong) {
  VirtualBoard& board = add_board(nameless(), "1-1");
  stop_ = true;
  EXPECT_ERROR(enter(job(), acm0_, {}), Errc::interrupted, HasSubstr("stopped"));
  stop_ = false;
  host_.sleep(std::chrono::seconds(1));
  ASSERT_TRUE(board.in_rom());
  EXPECT_EQ(find_board(host_, acm0_).mode, BoardMode::dfu);
  host_.sleep(std::chrono::minutes(1));
  EXPECT_ERROR(find_board(host_, acm0_), Errc::no_board, HasSubstr("ttyACM0"));
}

TEST_F(Reboots, B2WithoutADeviceTheSerialNumberStillTells) {
  add_board({}, "1-1");
  stop_ = true;
  EXPECT_ERROR(enter(job(), acm0_, {}), Errc::interrupted, HasSubstr("stopped"));
  host_.sleep(std::chrono::minutes(1));
  EXPECT_EQ(find_board(host_, acm0_).mode, BoardMode::dfu);
}

TEST_F(Reboots, B2NothingIsRememberedThatWasNotSent) {
  add_board(nameless(), "1-1");
  EnterOptions options;
  options.trigger.ways = {dfu_detach()};
  EXPECT_ERROR(enter(job(), acm0_, options), Errc::usage, HasSubstr("no DFU run-time interface"));
  EXPECT_THAT(host_.reboots(), IsEmpty());
  host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held"));
  EXPECT_ERROR(enter(job(), acm0_, {}), Errc::busy, HasSubstr("held"));
  EXPECT_THAT(host_.reboots(), IsEmpty());
}

}  // namespace
}  // namespace sysboot
