// SPDX-License-Identifier: GPL-3.0-or-later
// From the application into the ROM: every trigger, every outcome, and whose board it is.
#include "sysboot/enter.hpp"

#include <tuple>

#include "board/firmware.hpp"
#include "support/bench.hpp"
#include "support/mishap.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using support::BoardSettings;
using support::Fault;

class Enter : public support::Bench {
 protected:
  static BoardSettings unknown_firmware() {
    BoardSettings settings;
    settings.application.product_name = "STM32 Virtual ComPort";
    settings.application.reboot_line = "";
    return settings;
  }
  static BoardSettings deaf_firmware() {
    BoardSettings settings = unknown_firmware();
    settings.application.obeys_touch = false;
    return settings;
  }
  EnterResult enter_it(const EnterOptions& options = {}) { return enter(job(), {}, options); }
  Error not_entered(const EnterOptions& options = {}) {
    const EnterResult result = enter_it(options);
    return support::error_from([&] { std::ignore = result.require(); });
  }
  const std::string& heard() { return host_.board("1-1").application()->received(); }
};

// As a look at /sys while a neighbour is set up, which began before the board left.
TEST_F(Enter, ALookThatTakesLongerThanThePatienceIsNotTheLast) {
  const TimePoint leaves = host_.now() + seconds(1);
  const auto slow_look = [&] {
    const bool has_left = host_.now() >= leaves;
    host_.sleep(seconds(3));
    return has_left;
  };
  EXPECT_TRUE(job().wait_until(host_.now() + seconds(2), slow_look));
}

TEST_F(Enter, TheTouch) {
  add_board(unknown_firmware());
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.trigger, "touch-1200");
  EXPECT_EQ(result.fired, 1);
  EXPECT_EQ(result.board->usb.id(), "0483:df11");
  EXPECT_EQ(result.board->port_path(), "1-1");
  EXPECT_LT(result.took, milliseconds(400)) << "20 ms to settle, 280 ms of re-enumeration";
}

TEST_F(Enter, TheTouchAfterAnEarlierTouch) {
  add_board(unknown_firmware());
  host_.leave_port_at("/dev/ttyACM0", 1200);  // so that setting 1200 alone would change nothing
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
}

TEST_F(Enter, TheCompanionsLine) {
  BoardSettings settings;
  settings.application.obeys_touch = false;
  add_board(settings);
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.trigger, "dfu line");
}

TEST_F(Enter, TextThatTheUserGives) {
  BoardSettings settings = unknown_firmware();
  settings.application.reboot_line = "reset dfu";
  add_board(settings);
  EnterOptions options;
  options.trigger.ways = {send_text(unescape("reset dfu\\r"))};
  const EnterResult result = enter_it(options);
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_THAT(result.tried, ElementsAre("text"));
}

TEST_F(Enter, WaysOfOnesOwn) {
  BoardSettings settings = deaf_firmware();
  settings.application.reboot_line = "reset dfu";
  add_board(settings);
  EnterOptions options;
  options.trigger.ways = {
      {"polite",
       {Write{"please\r"}, Await{"yes", seconds(1), "its consent"}, Write{"reset dfu\r"}}},
      {"curious",
       {Write{"what?\r"}, Await{"unknown command", seconds(1), "an answer"},
        Write{"reset dfu\r"}}}};
  const EnterResult result = enter_it(options);
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.trigger, "curious");
  EXPECT_THAT(result.tried, ElementsAre("polite", "curious"));
  EXPECT_THAT(result.remarks, ElementsAre("polite: its consent did not come within 1.00 s; it said "
                                          "\"unknown command\""));
}

TEST_F(Enter, AWayOfOnesOwnTalksAndTouchesThroughOnePort) {
  auto& board = add_board(unknown_firmware());
  EnterOptions options;
  options.trigger.ways = {
      {"mine", {Write{"what?\r"}, Await{"unknown command", seconds(1), "an answer"}, Touch{}}}};
  EXPECT_EQ(enter_it(options).outcome, Outcome::entered);
  EXPECT_EQ(std::count(host_.opened.begin(), host_.opened.end(), "/dev/ttyACM0"), 1);
  EXPECT_EQ(board.generation(), 2U);
}

// Firmware that has something to finish first, or that shares its processor with 31 others.
TEST_F(Enter, AFirmwareThatAgreedMayTakeItsTime) {
  for (const std::string agrees : {"unknown command", "never said"}) {
    SCOPED_TRACE(agrees);
    auto& board = add_board(deaf_firmware(), agrees == "never said" ? "1-2" : "1-1");
    EnterOptions options;
    options.trigger.ways = {{"mine", {Write{"reboot\r"}, Confirm{agrees, milliseconds(300)}}}};
    host_.at(host_.now() + seconds(6), [&] { board.enter_rom(host_.now()); });
    const Selector selector{{}, agrees == "never said" ? "1-2" : "1-1", {}};
    const EnterResult result = enter(job(), selector, options);
    EXPECT_EQ(result.outcome, agrees == "never said" ? Outcome::ignored : Outcome::entered);
  }
}

TEST_F(Enter, AWayOfOnesOwnIsOnlyForBoardsThatHaveWhatItNeeds) {
  add_board(unknown_firmware());
  EnterOptions options;
  options.trigger.ways = {{"mine", {Touch{}}}, {"other", {Detach{}}}};
  EXPECT_ERROR(enter_it(options), Errc::usage, HasSubstr("no DFU run-time interface"));
  EXPECT_THAT(host_.opened, IsEmpty());
}

TEST_F(Enter, DetachWhereTheDeviceWillDetach) {
  BoardSettings settings = deaf_firmware();
  settings.application.has_dfu_runtime = true;
  add_board(settings);
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.trigger, "dfu-detach");
}

TEST_F(Enter, DetachWithAResetWhereItWillNot) {
  BoardSettings settings = deaf_firmware();
  settings.application.has_dfu_runtime = true;
  settings.application.will_detach = false;
  add_board(settings);
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
}

TEST_F(Enter, AlreadyThereSendsNothing) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings);
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::already);
  EXPECT_EQ(result.fired, 0);
  EXPECT_EQ(host_.control_transfers, 0U);
}

TEST_F(Enter, IgnoredSaysWhatWasTriedAndPutsTheRateBack) {
  add_board(deaf_firmware());
  const TimePoint start = host_.now();
  EXPECT_THAT(not_entered().what(), AllOf(HasSubstr("board 1-1"), HasSubstr("ignored touch-1200")));
  EXPECT_LT(host_.now() - start, seconds(4));
  EXPECT_EQ(host_.board("1-1").application()->baud(), 9600U)
      << "not 1200, or the next open touches it";
  EXPECT_EQ(heard(), "") << "no text to unknown firmware";
}

TEST_F(Enter, IgnoredShowsWhatTheFirmwareAnswered) {
  add_board(deaf_firmware());
  EnterOptions options;
  options.trigger.ways = {send_text(unescape("bootloader\\r"))};
  EXPECT_ERROR(enter_it(options).require(), Errc::ignored,
               HasSubstr("it answered \"unknown command\""));
}

TEST_F(Enter, ALongAnswerIsQuotedByItsEnd) {
  add_board(deaf_firmware());
  EnterOptions options;
  options.trigger.ways = {send_text(unescape("a\\rb\\rc\\rd\\re\\rf\\rg\\rh\\r"))};
  const EnterResult result = enter_it(options);
  EXPECT_THAT(result.answer, AllOf(testing::StartsWith("..."),
                                   testing::EndsWith(" unknown command"), SizeIs(103)));
  EXPECT_ERROR(result.require(), Errc::ignored, HasSubstr("it answered \"" + result.answer + "\""));
}

TEST_F(Enter, TextThroughAPortLeftAt1200BaudIsNoTouch) {
  add_board(unknown_firmware());
  host_.leave_port_at("/dev/ttyACM0", 1200);
  EnterOptions options;
  options.trigger.ways = {send_text(unescape("bootloader\\r"))};
  ASSERT_EQ(enter_it(options).outcome, Outcome::ignored);
  EXPECT_EQ(heard(), "bootloader\r");
}

TEST_F(Enter, EveryTriggerThatFitsIsTriedBeforeGivingUp) {
  BoardSettings settings = deaf_firmware();
  settings.application.product_name = companion_product;
  add_board(settings);
  EXPECT_THAT(not_entered().what(), HasSubstr("ignored dfu line and touch-1200"));
  EXPECT_EQ(heard(), "\rdfu\r");
}

TEST_F(Enter, BouncedTwiceThenEntered) {
  BoardSettings settings = unknown_firmware();
  settings.bounces = 2;
  add_board(settings);
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 3);
  EXPECT_THAT(notes(Note::Level::info), SizeIs(2));
}

// A ROM that finds no crystal has shown itself before; whether anybody has enumerated it by then is
// up to the host.
class Crystal : public Enter {
 protected:
  BoardSettings without_crystal(int times) {
    BoardSettings settings = unknown_firmware();
    settings.bounces = times;
    settings.enumeration = milliseconds(100);
    return settings;
  }
  Duration until_something_shows(support::VirtualBoard& board) {
    const TimePoint start = host_.now();
    board.enter_rom(start);
    while (board.descriptors() == nullptr) host_.wait_for_change(start + seconds(5));
    return host_.now() - start;
  }
};

TEST_F(Crystal, 181ADfuDeviceThatGoesAtOnceHasBounced) {
  support::VirtualBoard& board = add_board(without_crystal(100));
  const EnterResult result = enter_it();
  EXPECT_EQ(board.generation(), 7U) << "it was there as a DFU device each time";
  EXPECT_ERROR(result.require(), Errc::bounced, HasSubstr("rebooted 3 times"));
  EXPECT_THAT(host_.violations(), IsEmpty());
}

TEST_F(Crystal, 181ItIsAskedAgainUntilTheCrystalSwings) {
  support::VirtualBoard& board = add_board(without_crystal(2));
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 3);
  EXPECT_TRUE(board.in_rom());
}

TEST_F(Crystal, 181AFlashGoesOnWithTheNextTry) {
  const support::VirtualBoard& board = add_board(without_crystal(2));
  const Image image = support::image_of(support::program(16 * 1024));
  EXPECT_EQ(flash(job(), {}, image, {}).entered.fired, 3);
  EXPECT_TRUE(holds(board, image));
}

TEST_F(Crystal, 181AHostThatTakesItsTimeDoesNotSeeIt) {
  BoardSettings settings = unknown_firmware();
  settings.bounces = 1;
  support::VirtualBoard& board = add_board(settings);
  const Duration took = until_something_shows(board);
  EXPECT_FALSE(board.in_rom());
  EXPECT_EQ(took, milliseconds(20 + 324 + 60 + 240));
}

// The pull-up of the F413's ROM, measured; the rest is the host's (USB 2.0).
TEST_F(Crystal, 181TheRomPullsUpAndTheHostTakesItsTime) {
  support::VirtualBoard& board = add_board(unknown_firmware());
  EXPECT_EQ(until_something_shows(board), milliseconds(20 + 44 + 240));
  BoardSettings settings = unknown_firmware();
  settings.enumeration = Duration::zero();
  EXPECT_EQ(until_something_shows(add_board(settings, "1-2")), milliseconds(20 + 44));
}

// As a kernel whose hub has not told it yet.
TEST_F(Crystal, 181ADeviceThatFailsAndGoesHasBounced) {
  BoardSettings settings = unknown_firmware();
  settings.faults = {{Fault::Action::io_error, Fault::Point::transfer, 1}};
  support::VirtualBoard& board = add_board(settings);
  host_.at(host_.now() + milliseconds(400), [&] {
    ASSERT_TRUE(board.in_rom()) << "it has failed by now";
    board.unplug(host_.now());
    board.plug_in(host_.now(), false);
  });
  EXPECT_EQ(enter_it().fired, 2);
  EXPECT_TRUE(board.in_rom());
}

// Whoever may not open it, cannot know.
TEST_F(Crystal, 181WhatMayNotBeOpenedIsTakenAsItIsListed) {
  add_board(unknown_firmware());
  host_.refuse("1-1", Error(Errc::not_permitted, "no"));
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
}

// A busy kernel: what has come back has no interfaces at first, and then no port.
class SlowHost : public virtual_bench::VirtualHost {
 public:
  std::vector<UsbDeviceInfo> usb_devices() override {
    auto all = VirtualHost::usb_devices();
    if (is_new(milliseconds(200)) && !all.empty()) all.front().interfaces.clear();
    return all;
  }
  std::vector<SerialPortInfo> serial_ports() override {
    return is_new(milliseconds(400)) ? std::vector<SerialPortInfo>() : VirtualHost::serial_ports();
  }

 private:
  // Of the application that came back, not of the one that was there.
  bool is_new(Duration time) {
    if (board("1-1").generation() != 2) return false;
    if (!came_) came_ = now();
    return now() - *came_ < time;
  }
  std::optional<TimePoint> came_;
};

// A hub that is busy with its other devices: it lists the board for so long after it has left.
class BusyHub : public virtual_bench::VirtualHost {
 public:
  explicit BusyHub(Duration lag) : lag_(lag) { give_up_at = now() + std::chrono::minutes(1); }

  std::vector<UsbDeviceInfo> usb_devices() override {
    auto all = VirtualHost::usb_devices();
    const bool is_listed = !all.empty() && all.front().port_path == "1-1";
    if (is_listed && board("1-1").generation() == 1) {
      was_ = all.front();
      return all;
    }
    if (!left_) left_ = now();
    if (now() - *left_ >= lag_) return all;
    std::erase_if(all, [](const auto& device) { return device.port_path == "1-1"; });
    all.insert(all.begin(), was_);
    return all;
  }

 private:
  Duration lag_;
  UsbDeviceInfo was_;
  std::optional<TimePoint> left_;
};

// Unplugged and plugged in again, in turns.
void fidget(virtual_bench::VirtualHost& host, const std::string& port_path, Duration every,
            int times) {
  const TimePoint start = host.now();
  for (int i = 1; i <= times; ++i) {
    host.at(start + i * every, [&host, port_path, i] {
      auto& board = host.board(port_path);
      i % 2 == 1 ? board.unplug(host.now()) : board.plug_in(host.now(), false);
    });
  }
}

TEST_F(Enter, ABoardIsNotSaidToIgnoreWhileTheBusChanges) {
  BusyHub host(seconds(6));
  host.add_board("1-1", unknown_firmware());
  host.add_board("1-2", unknown_firmware());
  fidget(host, "1-2", seconds(1), 5);
  const EnterResult result = enter({host}, {"", "1-1", ""}, {});
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 1);
}

TEST_F(Enter, ABoardThatSaidThatItRebootsIsGivenItsTime) {
  BusyHub host(seconds(6));
  host.add_board("1-1", BoardSettings{});
  const EnterResult result = enter({host}, {}, {});
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.trigger, "dfu line");
  EXPECT_EQ(result.answer, "rebooting into the bootloader");
}

TEST_F(Enter, ABoardIsNotSaidToStayInDfuModeWhileTheBusChanges) {
  BusyHub host(seconds(8));
  BoardSettings settings = unknown_firmware();
  settings.starts_in_rom = true;
  host.add_board("1-1", settings);
  host.add_board("1-2", unknown_firmware());
  fidget(host, "1-2", seconds(2), 2);
  EXPECT_TRUE(run({host}, {"", "1-1", ""}, flash_base, {}).board);
}

TEST_F(Enter, ABusThatNeverComesToRestDoesNotHoldItUp) {
  add_board(deaf_firmware());
  add_board(unknown_firmware(), "1-2");
  const TimePoint start = host_.now();
  fidget(host_, "1-2", milliseconds(500), 60);
  EXPECT_EQ(enter(job(), {"", "1-1", ""}, {}).outcome, Outcome::ignored);
  EXPECT_LT(host_.now() - start, seconds(11));
}

TEST_F(Enter, BouncedAndItsInterfacesAndItsPortComeLater) {
  SlowHost host;
  host.give_up_at = host.now() + std::chrono::minutes(1);
  BoardSettings settings = unknown_firmware();
  settings.bounces = 1;
  host.add_board("1-1", settings);
  const EnterResult result = enter({host}, {}, {});
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 2);
}

class BouncedWithABusyPort : public Enter {
 protected:
  // Somebody takes the port whenever the board has come back, and keeps it for so long.
  EnterResult enter_with_port_taken_for(Duration held) {
    BoardSettings settings = unknown_firmware();
    settings.bounces = 1;
    add_board(settings);
    const Observer observer = [&](const Event& event) {
      const auto* note = std::get_if<Note>(&event);
      if (note == nullptr || note->level != Note::Level::info) return;
      host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held by ModemManager"), host_.now() + held);
    };
    return enter({host_, observer}, {}, {});
  }
};

TEST_F(BouncedWithABusyPort, TriesAgainWhenThePortIsFree) {
  const EnterResult result = enter_with_port_taken_for(seconds(2));
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 2);
}

TEST_F(BouncedWithABusyPort, SaysWhoHoldsItOtherwise) {
  EXPECT_ERROR(enter_with_port_taken_for(seconds(60)), Errc::busy, HasSubstr("ModemManager"));
}

TEST_F(Enter, BouncedEveryTime) {
  BoardSettings settings = unknown_firmware();
  settings.bounces = 100;
  add_board(settings);
  EnterOptions options;
  options.tries = 5;
  EXPECT_ERROR(enter_it(options).require(), Errc::bounced,
               HasSubstr("rebooted 5 times, and each time its application came back"));
  EXPECT_EQ(host_.board("1-1").settings().bounces, 95);
}

TEST_F(Enter, LostSaysWhatTheSystemSays) {
  BoardSettings settings = unknown_firmware();
  settings.never_returns = true;
  add_board(settings);
  host_.fail_enumeration("1-1", "device descriptor read/64, error -71");
  EXPECT_ERROR(enter_it().require(), Errc::lost,
               HasSubstr("could not enumerate what came back there: device descriptor read/64"));
}

TEST_F(Enter, LostAfterTheDeadline) {
  BoardSettings settings = unknown_firmware();
  settings.never_returns = true;
  add_board(settings);
  EnterOptions options;
  options.back_within = seconds(4);
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter_it(options).require(), Errc::lost,
               HasSubstr("left the bus after touch-1200, and nothing came back within 4.00 s"));
  EXPECT_LT(host_.now() - start, seconds(5));
}

TEST_F(Enter, FirmwareWithNothingToTalkTo) {
  host_.add_device({"1-2", 1, 50, 0x0483, 0x5740, 0, "", "Widget", "", {}});
  EXPECT_ERROR(enter(job(), {"", "1-2", ""}, {}), Errc::no_board, HasSubstr("USB port 1-2"));
}

// Three boards with equal names: which one reboots?
class EnterOneOfThree : public Enter {
 protected:
  void SetUp() override {
    for (const char* path : {"1-1", "1-2", "1-3"}) {
      BoardSettings settings = unknown_firmware();
      settings.unique_id[0] = static_cast<std::uint8_t>(path[2]);
      add_board(settings, path);
    }
  }
  bool runs_application(const std::string& path) {
    return host_.board(path).application() != nullptr && host_.board(path).generation() == 1;
  }
};

TEST_F(EnterOneOfThree, OnlyTheChosenOne) {
  const EnterResult result = enter(job(), {"/dev/ttyACM1", "", ""}, {});
  EXPECT_EQ(result.board->port_path(), "1-2");
  EXPECT_TRUE(runs_application("1-1"));
  EXPECT_TRUE(runs_application("1-3"));
}

TEST_F(EnterOneOfThree, EvenWhenAnotherEntersAtTheSameMoment) {
  host_.at(host_.now() + milliseconds(30), [&] { host_.board("1-3").enter_rom(host_.now()); });
  const EnterResult result = enter(job(), {"", "1-1", ""}, {});
  EXPECT_EQ(result.board->port_path(), "1-1");
}

TEST_F(EnterOneOfThree, AStrangerIsNeverTakenForALostBoard) {
  host_.board("1-1").settings().never_returns = true;
  host_.at(host_.now() + milliseconds(100), [&] { host_.board("1-3").enter_rom(host_.now()); });
  EnterOptions options;
  const EnterResult result = enter(job(), {"", "1-1", ""}, options);
  EXPECT_EQ(result.outcome, Outcome::lost);
  ASSERT_THAT(result.other_new_dfu_boards, SizeIs(1));
  EXPECT_ERROR(result.require(), Errc::lost,
               AllOf(HasSubstr("board 1-1"), HasSubstr("another board entered DFU mode: 1-3")));
}

TEST_F(EnterOneOfThree, ADfuBoardThatWasThereBeforeIsNoCandidate) {
  host_.board("1-3").enter_rom(host_.now());
  host_.sleep(seconds(1));
  host_.board("1-1").settings().never_returns = true;
  const EnterResult result = enter(job(), {"", "1-1", ""}, {});
  EXPECT_EQ(result.outcome, Outcome::lost);
  EXPECT_THAT(result.other_new_dfu_boards, IsEmpty());
}

class Renumbered : public Enter {
 protected:
  Renumbered() {
    BoardSettings settings = unknown_firmware();
    settings.never_returns = true;
    add_board(settings, "1-1");
    BoardSettings same_board = unknown_firmware();  // the same unique id, so the same serial number
    same_board.application.obeys_touch = false;
    support::VirtualHost& host = host_;
    host.at(host.now() + milliseconds(400), [&host, same_board]() mutable {
      same_board.starts_in_rom = true;
      host.add_board("3-1", same_board);
    });
  }
};

TEST_F(Renumbered, ABoardOnATunnelledBusIsTakenWhenTheSerialFits) {
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.board->port_path(), "3-1");
}

TEST_F(Renumbered, NobodyElseMayHaveItMeanwhile) {
  bool was_locked = false;
  const auto observe = [&](const Event& event) {
    const auto* end = std::get_if<StageEnd>(&event);
    if (end == nullptr || end->stage != Stage::erase) return;
    was_locked = host_.is_locked("1-1") && host_.is_locked("3-1");
  };
  std::ignore = flash({host_, observe}, {}, support::image_of(support::program(2000)), {});
  EXPECT_TRUE(was_locked);
  EXPECT_FALSE(host_.is_locked("3-1")) << "any more";
}

// Its application and its ROM are of two chips, as far as their serial numbers tell.
BoardSettings swapped(BoardSettings settings) {
  settings.application.serial = "38002F000A51343731333632";
  return settings;
}

TEST_F(Enter, B3AnotherChipInDfuModeIsRefused) {
  add_board(swapped(unknown_firmware()));
  EXPECT_ERROR(enter_it(), Errc::board_gone,
               AllOf(HasSubstr("board 1-1"), HasSubstr("another board is at its USB port now"),
                     HasSubstr("38002F000A51343731333632"), HasSubstr("326533683734")));
  EXPECT_THAT(host_.reboots(), IsEmpty()) << "it is not the one that was rebooted";
}

TEST_F(Enter, B3SoIsOneWithTwelveDigits) {
  BoardSettings settings = unknown_firmware();
  settings.application.serial = "326533693734";
  add_board(settings);
  EXPECT_ERROR(enter_it(), Errc::board_gone, HasSubstr("another board"));
}

TEST_F(Enter, B3TheSameChipIsTakenHoweverItsFirmwareSpellsIt) {
  for (const char* serial : {"37002F000A51343731333632", "323633313734510a002f0037", "326533683734",
                             "0123456789AB", "1234567899ABCDEF01234580", "my board", ""}) {
    SCOPED_TRACE(serial);
    virtual_bench::VirtualHost host;
    BoardSettings settings = unknown_firmware();
    settings.application.serial = serial;
    host.add_board("1-1", settings);
    EXPECT_EQ(enter({host}, {}, {}).outcome, Outcome::entered);
    EXPECT_TRUE(run({host}, {}, flash_base, {}).board);
  }
}

TEST_F(Enter, B3AnotherChipsApplicationIsRefused) {
  BoardSettings settings = swapped(unknown_firmware());
  settings.starts_in_rom = true;
  add_board(settings);
  EXPECT_ERROR(run(job(), {}, flash_base, {}), Errc::board_gone, HasSubstr("another board"));
}

TEST_F(Enter, SerialsThatCannotBeComparedAreNoReasonToWorry) {
  BoardSettings settings = unknown_firmware();
  settings.rom.serial = "STM32FxSTM32";
  add_board(settings);
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(Enter, PortHeldByAnotherProgram) {
  add_board(unknown_firmware());
  host_.refuse("/dev/ttyACM0",
               Error(Errc::busy, "cannot open /dev/ttyACM0: busy, held by picocom"));
  EXPECT_ERROR(enter_it(), Errc::busy, HasSubstr("held by picocom"));
}

TEST_F(Enter, OneTriggerThatCannotBeSentDoesNotStopTheNext) {
  BoardSettings settings = unknown_firmware();
  settings.application.has_dfu_runtime = true;
  add_board(settings);
  host_.refuse("1-1", Error(Errc::not_permitted, "no udev rule"), host_.now() + milliseconds(1));
  const EnterResult result = enter_it();
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_THAT(result.tried, ElementsAre("dfu-detach", "touch-1200"));
}

TEST_F(Enter, APortThatHasJustComeIsOpenedWhenItCanBe) {
  add_board(unknown_firmware());
  for (const Errc code : {Errc::no_board, Errc::not_permitted}) {
    host_.refuse("/dev/ttyACM0", Error(code, "not yet"), host_.now() + milliseconds(400));
    EXPECT_EQ(enter_it().outcome, Outcome::entered) << to_string(code);
    std::ignore = run(job(), {}, flash_base, {});
  }
}

TEST_F(Enter, ADeviceWithoutAPortThatHasJustComeIsOpenedWhenItCanBe) {
  BoardSettings settings = unknown_firmware();
  settings.application.has_dfu_runtime = true;
  settings.application.has_serial_port = false;
  add_board(settings);
  host_.refuse("1-1", Error(Errc::not_permitted, "not yet"), host_.now() + milliseconds(400));
  EXPECT_EQ(enter(job(), {"", "1-1", ""}, {}).outcome, Outcome::entered);
}

TEST_F(Enter, PortThatVanishesBetweenListingAndOpening) {
  add_board(unknown_firmware());
  host_.refuse("/dev/ttyACM0", Error(Errc::no_board, "cannot open /dev/ttyACM0: no such port"));
  EXPECT_ERROR(enter_it(), Errc::no_board, HasSubstr("/dev/ttyACM0"));
}

TEST_F(Enter, AnotherStm32bootOnTheSameBoard) {
  add_board(unknown_firmware());
  host_.hold_lock("1-1");
  EXPECT_ERROR(enter_it(), Errc::busy, AllOf(HasSubstr("board 1-1"), HasSubstr("process 4711")));
  EXPECT_EQ(host_.control_transfers, 0U);
}

// A machine on which no file can be made, as a container with a read-only /run and /tmp.
class ReadOnlyHost : public support::MishapHost {
 public:
  explicit ReadOnlyHost(support::VirtualHost& bench) : MishapHost(bench, std::nullopt) {}

  std::unique_ptr<BoardLock> lock_board(const std::string& /*port_path*/) override {
    class Weak : public BoardLock {
      std::string weakness() const override { return "/run/lock/x: Read-only file system"; }
    };
    return std::make_unique<Weak>();
  }
  void remember_reboot(const RebootRecord& /*record*/) override {
    throw Error(Errc::cannot_write_output, "cannot be written: Read-only file system", "x");
  }
};

TEST_F(Enter, D6WhatCannotBeKeptIsSaidAndDoesNotStopIt) {
  add_board(unknown_firmware());
  ReadOnlyHost host(host_);
  const Job with_warnings{host, [this](const Event& event) { record(event); }, &stop_};
  EXPECT_EQ(enter(with_warnings, {}, {}).outcome, Outcome::entered);
  EXPECT_THAT(
      notes(Note::Level::warning),
      ElementsAre(
          "nothing keeps another stm32boot off board 1-1 meanwhile: /run/lock/x: "
          "Read-only file system",
          "its serial port will not lead to this board while it is in DFU mode, "
          "because what it was could not be kept: x: cannot be written: Read-only file system"));
}

TEST_F(Enter, D6NothingIsSaidOfWhatIsKept) {
  add_board(unknown_firmware());
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(Enter, ATextThatWasIgnoredForWantOfALineEndSaysSo) {
  add_board(unknown_firmware());
  EnterOptions options;
  options.trigger = trigger_named("text", unescape("nonsense"));
  EXPECT_THAT(enter(job(), {}, options).problem().value().text(),
              HasSubstr("the text has no line end"));
  options.trigger = trigger_named("text", unescape("nonsense\\r"));
  EXPECT_THAT(enter(job(), {}, options).problem().value().text(), Not(HasSubstr("line end")));
}

class ProbedPort : public Enter {
 protected:
  /// For as long as this, somebody holds the port.
  void hold(Duration time) {
    add_board(unknown_firmware());
    host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held by somebody"), start_ + time);
  }
  Duration passed() { return host_.now() - start_; }

  TimePoint start_ = host_.now();
};

TEST_F(ProbedPort, IsWaitedFor) {
  hold(seconds(10));
  host_.probed.insert("/dev/ttyACM0");
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
  EXPECT_GE(passed(), seconds(10));
  EXPECT_LT(passed(), seconds(12));
}

// A console of stm32boot lets go of it when it sees the lock.
TEST_F(ProbedPort, IsWaitedForWhileAConsoleLetsGoOfIt) {
  hold(milliseconds(400));
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
}

TEST_F(ProbedPort, IsOpenedThoughTheHolderHasGoneBeforeItWasLookedFor) {
  hold(milliseconds(510));
  EXPECT_EQ(enter_it().outcome, Outcome::entered);
}

TEST_F(ProbedPort, IsNotWaitedForForEver) {
  hold(seconds(60));
  host_.probed.insert("/dev/ttyACM0");
  EXPECT_ERROR(enter_it(), Errc::busy, HasSubstr("held by somebody"));
  EXPECT_LT(passed(), seconds(17));
}

TEST_F(ProbedPort, IsGivenUpAtOnceWhenAnybodyElseHoldsIt) {
  hold(seconds(10));
  EXPECT_ERROR(enter_it(), Errc::busy, HasSubstr("held by somebody"));
  EXPECT_LT(passed(), seconds(1));
}

TEST_F(ProbedPort, CtrlCEndsTheWait) {
  hold(seconds(10));
  host_.probed.insert("/dev/ttyACM0");
  host_.at(host_.now() + seconds(3), [&] { stop_ = true; });
  EXPECT_ERROR(enter_it(), Errc::interrupted, HasSubstr("stopped"));
  EXPECT_LT(passed(), seconds(3) + milliseconds(50));
}

TEST_F(Enter, CtrlCWhileWaiting) {
  BoardSettings settings = unknown_firmware();
  settings.never_returns = true;
  add_board(settings);
  host_.at(host_.now() + seconds(1), [&] { stop_ = true; });
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter_it(), Errc::interrupted, HasSubstr("stopped"));
  EXPECT_EQ(host_.now() - start, seconds(1));
}

}  // namespace
}  // namespace sysboot
