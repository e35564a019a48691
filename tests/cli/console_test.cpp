// SPDX-License-Identifier: GPL-3.0-or-later
// The console of a board, with all that can happen to that meanwhile, in virtual time.
#include "boards/monitor.hpp"
#include "cli.hpp"
#include "support/throws.hpp"
#include "system/local_time.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stm32boot::MonitorEnd;
using stm32boot::MonitorOptions;
using sysboot::Errc;
using sysboot::Error;
using sysboot::Note;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr const char* ctrl_bracket = "\x1d";
constexpr const char* ctrl_c = "\x03";

class Typist : public stm32boot::Keyboard {
 public:
  bool is_terminal() const override { return terminal; }
  bool has_ended() const override { return ended; }
  sysboot::Bytes read() override {
    const std::string text = std::exchange(keys, {});
    return {text.begin(), text.end()};
  }

  bool terminal = true;
  bool ended = false;
  std::string keys;
};

class Screen : public stm32boot::Renderer {
 public:
  void console(const stm32boot::ConsoleText& said) override {
    text += (said.time.empty() ? "" : "[" + said.time + "]") + said.text;
  }
  void event(const sysboot::Event& /*event*/) override {}
  void begin_boards(const std::vector<std::string>& /*names*/) override {}
  void board_event(std::size_t /*number*/, const sysboot::Event& /*event*/) override {}
  void board_ended(std::size_t /*number*/, const stm32boot::CommandResult& /*end*/) override {}
  void begin_board(std::size_t /*number*/, const std::string& /*name*/) override {}
  void verdict(std::size_t /*number*/, const stm32boot::CommandResult& /*end*/,
               const std::string& /*text*/) override {}
  void result(const stm32boot::CommandResult& /*outcome*/) override {}
  void finish(const stm32boot::CommandResult& /*outcome*/) override {}

  std::string text;
};

class Console : public support::Bench {
 protected:
  void after(sysboot::Duration time, std::function<void()> action) {
    host_.at(start_ + time, std::move(action));
  }
  /// What the board answers "virtual board" to.
  void ask_after(sysboot::Duration time) {
    after(time, [this] { keyboard_.keys += "version\r"; });
  }
  void type_after(sysboot::Duration time, const std::string& keys) {
    after(time, [this, keys] { keyboard_.keys += keys; });
  }
  void reset_after(sysboot::Duration time) {
    after(time, [this] {
      board().unplug(host_.now());
      board().plug_in(host_.now(), false);
    });
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }

  MonitorEnd run(const MonitorOptions& options = {}, const sysboot::Selector& selector = {}) {
    stm32boot::Monitor monitor(job(), screen_, keyboard_, {host_, selector}, options);
    const MonitorEnd end = monitor.run();
    last_line_ = monitor.words().last_line();
    return end;
  }
  sysboot::Duration passed() { return host_.now() - start_; }
  std::vector<std::string> told() const { return notes(Note::Level::info); }

  sysboot::TimePoint start_ = host_.now();
  Typist keyboard_;
  Screen screen_;
  std::string last_line_;
};

TEST_F(Console, IsThereAgainAfterAReset) {
  add_board();
  ask_after(seconds(1));
  reset_after(seconds(2));
  ask_after(seconds(4));
  type_after(seconds(5), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_EQ(screen_.text, "virtual board\r\nvirtual board\r\n");
  EXPECT_THAT(told(), ElementsAre("monitoring /dev/ttyACM0; Ctrl-] leaves",
                                  HasSubstr("the board has left: "), "waiting for board 1-1",
                                  "monitoring /dev/ttyACM0 again; Ctrl-] leaves"));
}

TEST_F(Console, FollowsItsUsbPortAndNotTheNameOfItsSerialPort) {
  add_board();
  add_board({}, "1-2");
  after(seconds(1), [&] {
    board().unplug(host_.now());
    host_.board("1-2").unplug(host_.now());
    host_.board("1-2").plug_in(host_.now(), false);
  });
  after(seconds(3), [&] { board().plug_in(host_.now(), false); });
  type_after(seconds(5), ctrl_bracket);
  EXPECT_EQ(run({}, {.port = "/dev/ttyACM0"}), MonitorEnd::user);
  EXPECT_EQ(told().back(), "monitoring /dev/ttyACM1 again; Ctrl-] leaves");
}

TEST_F(Console, SaysOnceThatTheBoardIsInDfuModeAndWaits) {
  add_board();
  after(seconds(1), [&] { board().enter_rom(host_.now()); });
  reset_after(seconds(60));
  ask_after(seconds(62));
  type_after(seconds(63), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  const std::string in_dfu = "board 1-1 is in DFU mode; waiting for its application";
  const auto all = told();
  EXPECT_EQ(std::count(all.begin(), all.end(), in_dfu), 1);
  EXPECT_EQ(screen_.text, "virtual board\r\n");
}

TEST_F(Console, ABoardThatIsInDfuModeAtFirstIsWaitedFor) {
  support::BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings);
  reset_after(seconds(5));
  ask_after(seconds(7));
  type_after(seconds(8), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_EQ(told().front(), "board 1-1 is in DFU mode; waiting for its application");
  EXPECT_EQ(screen_.text, "virtual board\r\n");
}

TEST_F(Console, LetsGoWhileAnotherStm32bootWorksOnTheBoard) {
  add_board();
  after(seconds(1), [&] { host_.hold_lock("1-1"); });
  // Who works on it needs the port, and nobody else may hear what it is answered.
  std::string heard;
  after(milliseconds(1100), [&] {
    const auto port = host_.open_serial("/dev/ttyACM0");
    const std::string ask = "version\r";
    board().application()->bulk_out(1, sysboot::Bytes(ask.begin(), ask.end()), host_.now());
    const auto answer = board().application()->bulk_in(0x81, 100);
    heard.assign(answer.begin(), answer.end());
  });
  after(milliseconds(1200), [&] { board().enter_rom(host_.now()); });
  reset_after(seconds(10));
  const std::size_t opened_before = 2;  // the console, and who works on it
  after(milliseconds(11'900), [&] { EXPECT_EQ(host_.opened.size(), opened_before); });
  after(seconds(12), [&] { host_.release_lock("1-1"); });
  ask_after(seconds(13));
  type_after(seconds(14), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_EQ(heard, "virtual board\r\n");
  EXPECT_EQ(screen_.text, "virtual board\r\n") << "what was asked afterwards";
  EXPECT_THAT(told(), ElementsAre(HasSubstr("monitoring /dev/ttyACM0"),
                                  "another stm32boot is working on board 1-1; waiting for its end",
                                  HasSubstr("monitoring /dev/ttyACM0 again")));
}

TEST_F(Console, CtrlCAndCtrlBracketLeaveWhileTheBoardIsAway) {
  for (const char* key : {ctrl_c, ctrl_bracket}) {
    support::VirtualHost host;
    host.give_up_at = host.now() + std::chrono::minutes(5);
    host.add_board("1-1", support::BoardSettings());
    const auto away = host.now() + seconds(1);
    host.at(away, [&] { host.board("1-1").unplug(host.now()); });
    host.at(away + seconds(30), [&] { keyboard_.keys += key; });
    stm32boot::Monitor monitor({host}, screen_, keyboard_, {host, sysboot::Selector{}}, {});
    EXPECT_EQ(monitor.run(), MonitorEnd::user);
    EXPECT_LT(host.now() - away, seconds(31));
  }
}

TEST_F(Console, CtrlCGoesToABoardThatIsThere) {
  add_board();
  type_after(seconds(1), ctrl_c);
  type_after(seconds(2), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_EQ(board().application()->received(), ctrl_c);
  EXPECT_GE(passed(), seconds(2));
}

TEST_F(Console, AStopEndsItThereAndAway) {
  add_board();
  after(seconds(1), [&] { stop_ = true; });
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_LT(passed(), seconds(1) + milliseconds(100));
  board().unplug(host_.now());
  stop_ = false;
  after(seconds(20), [&] { stop_ = true; });
  EXPECT_EQ(run({}, {.port_path = "1-1"}), MonitorEnd::user);
  EXPECT_LT(passed(), seconds(21));
}

TEST_F(Console, ABoardThatIsNamedIsWaitedFor) {
  after(seconds(20), [&] { add_board(); });
  ask_after(seconds(22));
  type_after(seconds(23), ctrl_bracket);
  EXPECT_EQ(run({}, {.port = "/dev/ttyACM0"}), MonitorEnd::user);
  EXPECT_EQ(told().front(), "waiting for serial port /dev/ttyACM0");
  EXPECT_EQ(screen_.text, "virtual board\r\n");
}

TEST_F(Console, WithoutANameThereMustBeOneBoard) {
  EXPECT_ERROR(run(), Errc::no_board, HasSubstr("no STM32 board found"));
  add_board();
  add_board({}, "1-2");
  EXPECT_ERROR(run(), Errc::ambiguous_board, HasSubstr("2 boards fit"));
}

TEST_F(Console, OpensNothingThatIsOnlyTakenByName) {
  support::BoardSettings printer;
  printer.application.vendor = 0x04A9;
  printer.application.product_name = "Printer";
  add_board(printer);
  EXPECT_ERROR(run(), Errc::no_board, HasSubstr("no STM32 board found"));
  EXPECT_THAT(host_.opened, IsEmpty());
}

TEST_F(Console, WaitsForAPortThatIsBeingProbed) {
  add_board();
  host_.probed.insert("/dev/ttyACM0");
  host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held by ModemManager"), start_ + seconds(10));
  ask_after(seconds(12));
  type_after(seconds(13), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_EQ(screen_.text, "virtual board\r\n");
}

TEST_F(Console, APortThatSomebodyHoldsIsBusy) {
  add_board();
  host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held by picocom"));
  EXPECT_ERROR(run(), Errc::busy, HasSubstr("held by picocom"));
  EXPECT_LT(passed(), seconds(6));
}

TEST_F(Console, CtrlBracketLeavesWhileThePortIsBeingProbed) {
  add_board();
  host_.probed.insert("/dev/ttyACM0");
  host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held by ModemManager"));
  type_after(seconds(8), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_LT(passed(), seconds(9));
}

TEST_F(Console, NeverLeavesAPortAtTheRateOfATouch) {
  add_board();
  host_.leave_port_at("/dev/ttyACM0", 1200);
  type_after(seconds(1), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  host_.sleep(seconds(1));
  EXPECT_FALSE(board().in_rom());
}

TEST_F(Console, EndsAsSoonAsTheBoardSaysWhatIsWaitedFor) {
  add_board();
  ask_after(seconds(3));
  EXPECT_EQ(run({.console = {.until = "ual\\x20board"}}), MonitorEnd::heard);
  EXPECT_LT(passed(), seconds(3) + milliseconds(100));
  EXPECT_THAT(screen_.text, HasSubstr("virtual board"));
}

TEST_F(Console, HearsWhatComesInPieces) {
  stm32boot::ConsoleWords words(screen_, {.until = "PASS"});
  for (const std::string piece : {"PA PAP", "", "A", "S", "", "S"}) {
    EXPECT_FALSE(words.has_heard());
    words.add({piece.begin(), piece.end()});
  }
  EXPECT_TRUE(words.has_heard());
}

TEST_F(Console, DoesNotHearWhatAResetDivides) {
  stm32boot::ConsoleWords words(screen_, {.until = "PASS"});
  words.add({'P', 'A'});
  words.cut();
  words.add({'S', 'S'});
  EXPECT_FALSE(words.has_heard());
  EXPECT_EQ(screen_.text, "PA") << "the rest has not ended";
}

TEST_F(Console, EndsInTimeAndKeepsTheLastLine) {
  add_board();
  ask_after(seconds(1));
  type_after(seconds(2), "what\r");
  EXPECT_EQ(run({.console = {.until = "PASS"}, .within = seconds(5)}), MonitorEnd::time);
  EXPECT_EQ(last_line_, "unknown command");
  EXPECT_GE(passed(), seconds(5));
  EXPECT_LT(passed(), seconds(5) + milliseconds(100));
}

TEST_F(Console, EndsInTimeWhileTheBoardIsAway) {
  add_board();
  after(seconds(1), [&] { board().unplug(host_.now()); });
  EXPECT_EQ(run({.within = seconds(5)}), MonitorEnd::time);
  EXPECT_LT(passed(), seconds(5) + milliseconds(100));
}

TEST_F(Console, SendsOnceAndOnlyCountsTheAnswer) {
  add_board();
  const std::string early = "version\r";
  {
    const auto port = host_.open_serial("/dev/ttyACM0");
    port->write(sysboot::Bytes(early.begin(), early.end()), seconds(1));
  }
  reset_after(seconds(1));
  type_after(seconds(4), ctrl_bracket);
  EXPECT_EQ(run({.console = {.until = "virtual"}, .send = "what\\r"}), MonitorEnd::user);
  EXPECT_EQ(screen_.text, "virtual board\r\nunknown command\r\n") << "and not after the reset";
  EXPECT_THAT(notes(Note::Level::debug), Contains("sending \"what\\r\""));
}

TEST_F(Console, WhatWasTypedThroughAPipeEndsItWhenTheBoardIsSilent) {
  add_board();
  keyboard_.terminal = false;
  keyboard_.keys = "version\r";
  after(milliseconds(100), [&] { keyboard_.ended = true; });
  EXPECT_EQ(run({.ends_with_input = false}), MonitorEnd::silence);
  EXPECT_EQ(screen_.text, "virtual board\r\n");
  EXPECT_LT(passed(), seconds(2));
}

TEST_F(Console, WhatComesThroughAPipeWaitsForTheBoard) {
  keyboard_.terminal = false;
  keyboard_.keys = "version\r";
  after(seconds(5), [&] { add_board(); });
  after(seconds(7), [&] { keyboard_.ended = true; });
  EXPECT_EQ(run({.ends_with_input = false}, {.port_path = "1-1"}), MonitorEnd::silence);
  EXPECT_EQ(screen_.text, "virtual board\r\n");
}

TEST_F(Console, EmptyInputDoesNotEndIt) {
  add_board();
  keyboard_.terminal = false;
  keyboard_.ended = true;
  after(seconds(60), [&] { stop_ = true; });
  EXPECT_EQ(run({.ends_with_input = false}), MonitorEnd::user);
  EXPECT_GE(passed(), seconds(60));
}

TEST_F(Console, InputThatHasEndedDoesNotEndItWhileItIsWaitedFor) {
  add_board();
  keyboard_.terminal = false;
  keyboard_.keys = "what\r";
  keyboard_.ended = true;
  EXPECT_EQ(run({.console = {.until = "PASS"}, .within = seconds(30)}), MonitorEnd::time);
}

TEST_F(Console, ABoardThatDoesNotComeBackEndsItAfterItsInput) {
  add_board();
  keyboard_.terminal = false;
  keyboard_.ended = true;
  after(milliseconds(500), [&] { board().enter_rom(host_.now()); });
  EXPECT_EQ(run(), MonitorEnd::silence);
  EXPECT_GE(passed(), seconds(10)) << "a reset takes a while";
  EXPECT_LT(passed(), seconds(12));
}

TEST_F(Console, TimestampsStandInFrontOfTheFirstLineAfterAReset) {
  stm32boot::ConsoleWords words(screen_, {.timestamps = true});
  words.add({'a'});
  words.cut();
  words.add({'b', '\n'});
  EXPECT_THAT(screen_.text, MatchesRegex("\\[..:..:..\\....]a\n\\[..:..:..\\....]b\n"));
}

TEST_F(Console, TimestampsAreOnTheClockOfWhereTheUserIs) {
  ::setenv("TZ", "HERE-05:45", 1);
  const std::tm clock = stm32boot::local_time(1764298385);  // 02:53:05 UTC
  ::unsetenv("TZ");
  EXPECT_EQ(clock.tm_hour, 8);
  EXPECT_EQ(clock.tm_min, 38);
  EXPECT_EQ(clock.tm_sec, 5);
}

TEST_F(Console, ANewApplicationWithoutASerialPortIsTold) {
  add_board();
  after(seconds(1), [&] {
    board().unplug(host_.now());
    board().settings().application.has_serial_port = false;
    board().settings().application.has_dfu_runtime = true;
    board().plug_in(host_.now(), false);
  });
  type_after(seconds(10), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
  EXPECT_EQ(told().back(), "board 1-1 has no serial port now; waiting for one");
}

// A minute of a console is more of a virtual board's time, which nobody wants to wait for.
TEST_F(Console, TimeOfAVirtualBoardIsNotMadeUpFor) {
  stm32boot::GlobalOptions options;
  options.virtual_file = stm32boot::CommandLine::no_value;
  options.virtual_speed = "1";
  options.quiet = true;
  stm32boot::Context context(options);
  const auto real = [] { return std::chrono::steady_clock::now(); };
  const auto begin = real();
  context.job().note(Note::Level::info, "flashed");
  const sysboot::Job console = context.console_job();
  console.host.sleep(seconds(30));
  console.note(Note::Level::info, "the board has left");
  context.job().note(Note::Level::info, "flashed again");
  EXPECT_LT(real() - begin, seconds(20));
}

TEST_F(Console, IsOpenedThoughItsHolderLeavesBeforeItIsLookedFor) {
  add_board();
  host_.refuse("/dev/ttyACM0", Error(Errc::busy, "held"), start_ + milliseconds(5010));
  type_after(seconds(7), ctrl_bracket);
  EXPECT_EQ(run(), MonitorEnd::user);
}

}  // namespace
