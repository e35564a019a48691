// SPDX-License-Identifier: GPL-3.0-or-later
// What goes on after a flash: the console, and flashing again when the file changes.
#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

#include <csignal>
#include <regex>

#include "cli.hpp"
#include "system/watch.hpp"

namespace {

using support::Background;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class Monitor : public Cli {
 protected:
  static support::RunOptions typing(const std::string& text) {
    support::RunOptions options;
    options.stdin_text = text;
    return options;
  }
};

TEST_F(Monitor, PassesOnWhatIsTypedAndWhatTheBoardSays) {
  const auto done = with_boards({""}, {"flash", program(), "--monitor"}, typing("version\r"));
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, EndsWith("s; virtual board\nvirtual board\r\n"));
}

#ifndef _WIN32
TEST_F(Monitor, EndsWhenNobodyReadsItThoughTheBoardIsSilent) {
  const auto done =
      support::run({"/bin/bash", "-c",
                    "mkfifo '" + path("keys") + "'; exec 3<>'" + path("keys") + "'; '" + STM32BOOT +
                        "' --virtual monitor <&3 | true; echo ${PIPESTATUS[0]}"});
  EXPECT_EQ(done.out, "73\n") << done.err;
  EXPECT_THAT(done.err, HasSubstr("nobody reads standard output any more"));
}
#endif

TEST_F(Monitor, TimestampsStandInFrontOfEachLine) {
  const auto done = with_boards({""}, {"-q", "flash", program(), "--monitor", "--timestamps"},
                                typing("version\rversion\r"));
  const std::regex lines("(\\d\\d:\\d\\d:\\d\\d\\.\\d{3} virtual board\r\n){2}");
  EXPECT_TRUE(std::regex_match(done.out, lines)) << done.out;
}

TEST_F(Monitor, WithJsonItIsEventsBeforeTheResult) {
  const auto done = with_boards({""}, {"--json", "flash", program(), "--monitor", "--timestamps"},
                                typing("version\rversion\r"));
  EXPECT_EQ(done.exit, 0) << done.err;
  const auto lines = json_lines(done.out);
  std::string said;
  std::size_t last_of_the_flash = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].at("event") == "end") last_of_the_flash = i;
    if (lines[i].at("event") != "console") continue;
    EXPECT_GT(i, last_of_the_flash);
    EXPECT_THAT(std::string(lines[i].at("time")), MatchesRegex("..:..:..\\...."));
    said += lines[i].at("text");
  }
  EXPECT_EQ(said, "virtual board\r\nvirtual board\r\n");
  EXPECT_EQ(lines.back().at("event"), "result");
  EXPECT_EQ(lines.back().at("ok"), true);
  EXPECT_EQ(lines.back().at("bytes"), 20517);
}

TEST_F(Monitor, ABoardThatRebootsEndsIt) {
  const auto done = with_boards({""}, {"flash", program(), "--monitor"}, typing("dfu\r"));
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, HasSubstr("the board has left"));
}

#ifndef _WIN32  // has no script(1)
// On a terminal, which script(1) of util-linux is for the program.
TEST_F(Monitor, OnATerminalCtrlBracketLeaves) {
  Background terminal({"script", "-qec",
                       "'" STM32BOOT "' --virtual flash --monitor '" + program() + "'",
                       "/dev/null"});
  terminal.wait_for("Ctrl-] leaves");
  terminal.say("version\r");
  terminal.wait_for("virtual board");
  terminal.say("\x1d");
  EXPECT_EQ(terminal.join(), 0) << terminal.transcript();
}
#endif

TEST_F(Monitor, TimestampsAloneMakeNoSense) {
  EXPECT_EQ(with_boards({""}, {"flash", program(), "--timestamps"}).exit, 64);
  EXPECT_EQ(with_boards({""}, {"flash", program(), "--log", path("log")}).exit, 64);
}

TEST_F(Monitor, ATestPassesWhenTheBoardSaysIt) {
  const auto done = with_boards(
      {""}, {"monitor", "--send", "version\\r", "--until", "board\\r\\n", "--timeout", "5"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(done.out, "virtual board\r\n") << "and nothing else";
}

TEST_F(Monitor, ATestFailsWithTheLastLineWhenTheBoardDoesNotSayIt) {
  const auto done = with_boards(
      {""}, {"monitor", "--send", "version\\r", "--until", "PASS\\n", "--timeout", "5"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, HasSubstr("error: board 1-1: it did not say \"PASS\\n\" within 5.00 s; the "
                                  "last line was \"virtual board\"; virtual board\n"));
  const auto silent = with_boards({""}, {"monitor", "--until", "PASS", "--timeout", "0.5"});
  EXPECT_EQ(silent.exit, 75);
  EXPECT_THAT(silent.err, HasSubstr("it did not say \"PASS\" within 0.50 s; it said nothing"));
}

TEST_F(Monitor, ATestFailsWhenNothingCouldBeHeard) {
  const auto done = with_boards({"mode=dfu"}, {"monitor", "--timeout", "5"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, HasSubstr("error: board 1-1: nothing was heard within 5.00 s: it does not "
                                  "run its application"));
  const auto none = with_boards({""}, {"monitor", "--usb", "1-7", "--timeout", "5"});
  EXPECT_EQ(none.exit, 69);
  EXPECT_THAT(none.err, HasSubstr("error: USB port 1-7: nothing was heard within 5.00 s: it is not "
                                  "there\n  seen: 1-1 (stm32boot Black Pill"));
}

TEST_F(Monitor, WithoutATextTimeIsNoError) {
  const auto done = with_boards({""}, {"monitor", "--timeout", "5"}, typing("version\r"));
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(done.out, "virtual board\r\n");
}

TEST_F(Monitor, TheResultHasWhatScriptsAskFor) {
  const auto heard = with_boards(
      {""}, {"--json", "monitor", "--send", "version\\r", "--until", "board", "--timeout", "5"});
  const auto result = json_lines(heard.out).back();
  EXPECT_EQ(result.at("command"), "monitor");
  EXPECT_EQ(result.at("heard"), true);
  EXPECT_EQ(result.at("bytes"), std::string("virtual board\r\n").size());
  EXPECT_LT(result.at("seconds"), 1);
  const auto unheard =
      with_boards({""}, {"--json", "monitor", "--until", "PASS", "--timeout", "5"});
  const auto failed = json_lines(unheard.out).back();
  EXPECT_EQ(failed.at("heard"), false);
  EXPECT_GE(failed.at("seconds"), 5);
  EXPECT_EQ(failed.at("error").at("kind"), "not-heard");
  const auto ended = with_boards({""}, {"--json", "monitor", "--timeout", "1"});
  EXPECT_EQ(json_lines(ended.out).back().at("heard"), nullptr);
}

class Log : public Monitor {
 protected:
  support::Finished log_to(const std::string& name, const Words& more = {}) {
    Words words = {"monitor", "--send", "version\\r", "--timeout", "1", "--log", name};
    words.insert(words.end(), more.begin(), more.end());
    return with_boards({""}, words);
  }
  std::string content() const {
    std::ifstream in(path("log"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(Log, HasWhatTheBoardSaysBehindWhatItHad) {
  EXPECT_EQ(log_to(path("log")).exit, 0);
  EXPECT_EQ(content(), "virtual board\r\n");
  EXPECT_EQ(log_to(path("log")).out, "virtual board\r\n");
  EXPECT_EQ(content(), "virtual board\r\nvirtual board\r\n");
}

TEST_F(Log, HasTheTimesThatAreShown) {
  const auto done = log_to(path("log"), {"--timestamps"});
  EXPECT_THAT(done.out, MatchesRegex("..:..:..\\.... virtual board\r\n"));
  EXPECT_EQ(content(), done.out);
}

TEST_F(Log, IsWrittenUnderFlashToo) {
  const auto done = with_boards({""}, {"flash", program(), "--monitor", "--log", path("log")},
                                typing("version\r"));
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(content(), "virtual board\r\n");
}

TEST_F(Log, ThatCannotBeWrittenIsExit73BeforeTheBoardHearsAnything) {
  const auto done = log_to(path("none/log"));
  EXPECT_EQ(done.exit, 73);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("error: " + path("none/log") + ": cannot be written: "));
  EXPECT_EQ(log_to("-").exit, 64);
}

#ifdef __linux__
TEST_F(Log, OnAFullDiskIsExit73) {
  const auto done = log_to("/dev/full");
  EXPECT_EQ(done.exit, 73);
  EXPECT_THAT(done.err, HasSubstr("error: /dev/full: cannot be written: No space left"));
}
#endif

// There it is patience; here it would be an end.
TEST_F(Monitor, ATimeoutInSettingsDoesNotEndIt) {
  support::RunOptions options = typing("version\r");
  options.environment = {"STM32BOOT_TIMEOUT=0.1"};
  const auto done = with_boards({""}, {"--json", "monitor"}, options);
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_GE(json_lines(done.out).back().at("seconds"), 1) << "of silence";
}

TEST_F(Monitor, ABoardWithoutASerialPortHasNoConsole) {
  const auto done =
      with_boards({"firmware=candlelight"}, {"monitor", "--usb", "1-1", "--timeout", "9"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, HasSubstr("error: board 1-1: it has no serial port to monitor"));
}

#ifndef _WIN32  // has no pseudo terminals and no such signals
class NoUsbPort : public Monitor {
 protected:
  NoUsbPort() : device_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(device_);
    ::unlockpt(device_);
    path_ = ::ptsname(device_);
  }
  ~NoUsbPort() override { hang_up(); }

  void hang_up() {
    if (device_ >= 0) ::close(device_);
    device_ = -1;
  }
  void device_says(const std::string& text) const {
    ASSERT_EQ(::write(device_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  int device_;
  std::string path_;
};

TEST_F(NoUsbPort, IsMonitoredByItsNameAndEndsItWhenItIsGone) {
  Background monitor({STM32BOOT, "monitor", "--port", path_});
  device_says("hello\n");
  monitor.wait_for("hello");
  hang_up();
  EXPECT_EQ(monitor.join(), 74) << monitor.transcript();
  EXPECT_THAT(monitor.transcript(), HasSubstr("error: " + path_ + ": the port is gone"));
}

TEST_F(NoUsbPort, StoppedBeforeTheTextCameIsExit130) {
  Background monitor({STM32BOOT, "monitor", "--port", path_, "--until", "PASS"});
  device_says("hello\n");
  monitor.wait_for("hello");
  monitor.signal(SIGINT);
  EXPECT_EQ(monitor.join(), 130) << monitor.transcript();
  EXPECT_THAT(monitor.transcript(), HasSubstr("stopped before it said \"PASS\""));
}

TEST_F(NoUsbPort, StoppedWithoutATextIsADone) {
  Background monitor({STM32BOOT, "monitor", "--port", path_});
  device_says("hello\n");
  monitor.wait_for("hello");
  monitor.signal(SIGINT);
  EXPECT_EQ(monitor.join(), 0) << monitor.transcript();
}

TEST_F(NoUsbPort, WhatIsNoSerialPortIsRefused) {
  const auto done = stm32boot({"monitor", "--port", "/dev/null"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, HasSubstr("/dev/null is not a serial port"));
}
#endif

class Watch : public Cli {
 protected:
  std::unique_ptr<Background> watch(const std::string& file) {
    return std::make_unique<Background>(Words{STM32BOOT, "--virtual", "flash", "--watch", file});
  }

  // Not on Windows: wine has no console for Ctrl-C without a screen; there the process is ended.
  static void expect_to_end_at(int signal, Background& watching) {
#ifdef _WIN32
    static_cast<void>(signal), static_cast<void>(watching);
#else
    watching.signal(signal);
    EXPECT_EQ(watching.join(), 0) << watching.transcript();
#endif
  }
};

TEST_F(Watch, FlashesEveryNewFile) {
  const std::string app = program(1000, 1);
  const auto watching = watch(app);
  watching->wait_for("watching " + app + ": ");
  watching->wait_for("flashed and verified: app.bin, 1000 bytes");
  program(1200, 2);
  watching->wait_for("flashed and verified: app.bin, 1200 bytes");
  expect_to_end_at(SIGINT, *watching);
}

// A linker that removes the old file first, and one that puts the new one over it.
TEST_F(Watch, ANewFileInThePlaceOfTheOldOne) {
  const std::string app = program(1000, 1);
  const auto watching = watch(app);
  watching->wait_for("flashed and verified: app.bin, 1000 bytes");
  std::filesystem::remove(app);
  program(1000, 2);
  watching->wait_for("flashed and verified: app.bin, 1000 bytes");
  std::filesystem::rename(file("new.bin", support::program(1300, 3)), app);
  watching->wait_for("flashed and verified: app.bin, 1300 bytes");
  expect_to_end_at(SIGINT, *watching);
  EXPECT_THAT(watching->transcript(), Not(HasSubstr("no such file")));
}

TEST_F(Watch, GoesOnWithoutAConsoleWhereThereIsNone) {
  const std::string app = program(1000, 1);
  Background watching(Words{STM32BOOT, "--virtual", "--virtual-board", "firmware=candlelight",
                            "flash", "--usb", "1-1", "--watch", "--monitor", app});
  watching.wait_for("board 1-1: it has no serial port to monitor");
  program(1200, 2);
  watching.wait_for("flashed and verified: app.bin, 1200 bytes");
  expect_to_end_at(SIGINT, watching);
}

TEST_F(Watch, FlashesAgainThoughTheBoardHasLeftTheConsole) {
  const std::string app = program(1000, 1);
  Background watching(Words{STM32BOOT, "--virtual", "flash", "--watch", "--monitor", app});
  watching.wait_for("flashed and verified: app.bin, 1000 bytes");
  watching.say("dfu\r");
  watching.wait_for("board 1-1 is in DFU mode; waiting for its application");
  program(1200, 2);
  watching.wait_for("flashed and verified: app.bin, 1200 bytes");
  watching.say("version\r");
  watching.wait_for("virtual board");
  expect_to_end_at(SIGINT, watching);
}

#ifndef _WIN32  // there are no such signals
TEST_F(Watch, D4EndsWithItsTerminalAsAtCtrlC) {
  const auto watching = watch(program());
  watching->wait_for("flashed and verified");
  expect_to_end_at(SIGHUP, *watching);
}

TEST_F(Watch, D4SignalsThatAreIgnoredStayIgnored) {
  const std::string app = program(1000, 1);
  Background watching(Words{"sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh", STM32BOOT,
                            "--virtual", "flash", "--watch", app});
  watching.wait_for("flashed and verified: app.bin, 1000 bytes");
  watching.signal(SIGINT);
  watching.signal(SIGHUP);
  program(1200, 2);
  watching.wait_for("flashed and verified: app.bin, 1200 bytes");
  expect_to_end_at(SIGTERM, watching);
}
#endif

class AFileThatIsWatched : public Cli {
 protected:
  using Clock = std::chrono::steady_clock;

  bool changes_within(std::chrono::milliseconds time) {
    for (const auto end = now_ + time; now_ < end; now_ += std::chrono::milliseconds(50)) {
      if (watch_.changed(now_)) return true;
    }
    return false;
  }

  const std::string app_ = program(1000, 1);
  Clock::time_point now_ = Clock::now();
  stm32boot::FileWatch watch_{app_, now_};
};

// Half a program looks like a whole one.
TEST_F(AFileThatIsWatched, IsNotTakenWhileItIsWritten) {
  for (std::size_t size = 1100; size < 3000; size += 100) {
    program(size, 2);
    EXPECT_FALSE(changes_within(std::chrono::milliseconds(150))) << size;
  }
  EXPECT_TRUE(changes_within(std::chrono::milliseconds(300)));
  EXPECT_FALSE(changes_within(std::chrono::seconds(5))) << "once";
}

TEST_F(AFileThatIsWatched, IsNotTakenWhileItIsGone) {
  std::filesystem::remove(app_);
  EXPECT_FALSE(changes_within(std::chrono::seconds(5)));
  program(1200, 2);
  EXPECT_TRUE(changes_within(std::chrono::milliseconds(300)));
}

// As a copy that keeps the time of a program that was built before.
TEST_F(AFileThatIsWatched, IsTakenEvenWithTheSameTimeAndSize) {
  const auto time = std::filesystem::last_write_time(app_);
  program(1000, 2);
  std::filesystem::last_write_time(app_, time);
  EXPECT_TRUE(changes_within(std::chrono::milliseconds(300)));
}

// A build writes one after the other.
TEST_F(AFileThatIsWatched, AmongSeveralIsTakenOnceAllOfThemAreWhole) {
  const std::string boot = file("boot.bin", support::program(500, 1));
  stm32boot::FilesWatch both({boot, app_}, now_);
  const auto change_within = [&](std::chrono::milliseconds time) {
    for (const auto end = now_ + time; now_ < end; now_ += std::chrono::milliseconds(50)) {
      if (both.changed(now_)) return true;
    }
    return false;
  };
  file("boot.bin", support::program(600, 1));
  for (std::size_t size = 1100; size < 2000; size += 100) {
    program(size, 2);
    EXPECT_FALSE(change_within(std::chrono::milliseconds(150))) << size;
  }
  EXPECT_TRUE(change_within(std::chrono::milliseconds(300)));
  EXPECT_FALSE(change_within(std::chrono::seconds(5))) << "once for both";
  file("boot.bin", support::program(700, 1));
  EXPECT_TRUE(change_within(std::chrono::milliseconds(300))) << "one alone";
}

TEST_F(Watch, SeveralFilesAreFlashedWhenAnyOfThemChanges) {
  const std::string app = program(1000, 1);
  file("data.bin", sysboot::Bytes(64, 0xA5));
  Background watching(
      Words{STM32BOOT, "--virtual", "flash", "--watch", app, path("data.bin") + "@0x08004000"});
  watching.wait_for("watching " + app + ", " + path("data.bin") +
                    ": flashing them now and whenever one changes");
  watching.wait_for("flashed and verified: app.bin + data.bin, 1064 bytes");
  file("data.bin", sysboot::Bytes(96, 0xA6));
  watching.wait_for("flashed and verified: app.bin + data.bin, 1096 bytes");
  expect_to_end_at(SIGTERM, watching);
}

TEST_F(Watch, GoesOnAfterABrokenBuild) {
  const std::string app = program(1000, 1);
  const auto watching = watch(app);
  watching->wait_for("flashed and verified");
  file("app.bin", sysboot::Bytes(1100, 0x11));
  watching->wait_for("this is no STM32 program");
  program(1200, 2);
  watching->wait_for("flashed and verified: app.bin, 1200 bytes");
  expect_to_end_at(SIGTERM, *watching);
}

}  // namespace
