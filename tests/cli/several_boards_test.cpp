// SPDX-License-Identifier: GPL-3.0-or-later
// Several boards in one command: which, what is said of each, and what a script gets.
#include <algorithm>
#include <map>
#include <optional>

#include "cli.hpp"

namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class SeveralBoards : public Cli {
 protected:
  // A cable that is pulled, a ROM that bounces for ever, a protected sector, firmware that is deaf.
  static Words with_failures() {
    return {"",
            "fault=unplug@write:5",
            "bounces=100",
            "option-bytes=EFAA1055FFFFFFFFFD7F0080FFFFFFFF",
            "line=,no-touch",
            ""};
  }

  static std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
    std::vector<std::string> found;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      if (line.find(part) != std::string::npos) found.push_back(line);
    }
    return found;
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    return lines_with(text, part).size();
  }
};

TEST_F(SeveralBoards, AllOfThemLineByLine) {
  const auto done = with_boards({"times=x8", "times=x8"}, {"flash", "--all", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out,
            "BOARD      TIME  RESULT\n"
            "1-1      1.85 s  flashed and verified, application back on /dev/ttyACM0\n"
            "1-2      1.85 s  flashed and verified, application back on /dev/ttyACM1\n"
            "2 of 2 boards done, 1.85 s\n"
            "virtual board\n");
  EXPECT_THAT(lines_with(done.err, "1-2  "),
              ElementsAre("1-2  board    1-2 (stm32boot Black Pill, /dev/ttyACM1, serial "
                          "326533693734)",
                          "1-2  enter    DFU mode after 0.31 s (dfu line)",
                          "1-2  compare  2 of 2 sectors differ                             0.01 s",
                          "1-2  erase    2 sectors, 32 KiB                                 0.80 s",
                          "1-2  write    20.1 KiB, 54 KiB/s                                0.37 s",
                          "1-2  verify   20.0 KiB, 761 KiB/s                               0.03 s",
                          "1-2  commit   stack pointer and reset vector                    0.01 s",
                          "1-2  run      application back on /dev/ttyACM1 after 0.31 s",
                          "1-2  flashed and verified, application back on /dev/ttyACM1"));
}

TEST_F(SeveralBoards, OneIsATableToo) {
  const auto done = with_boards({""}, {"flash", "--all", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out, AllOf(StartsWith("BOARD "), HasSubstr("1 of 1 board done")));
}

TEST_F(SeveralBoards, WhatFailsIsTheBoardsOwn) {
  const auto done = with_boards(with_failures(), {"flash", "--all", program(100 * 1024)});
  EXPECT_EQ(done.exit, 74) << "of the first row that failed";
  const auto rows = lines_with(done.out, "1-");
  ASSERT_THAT(rows, SizeIs(6));
  EXPECT_THAT(rows[0], HasSubstr(" s  flashed and verified"));
  EXPECT_THAT(rows[1], HasSubstr(" s  board-gone: "));
  EXPECT_THAT(rows[2], HasSubstr(" s  bounced: it rebooted 3 times"));
  EXPECT_THAT(rows[3], HasSubstr(" s  mismatch: "));
  EXPECT_THAT(rows[4], HasSubstr(" s  ignored: its application ignored"));
  EXPECT_THAT(rows[5], HasSubstr(" s  flashed and verified"));
  EXPECT_THAT(done.out, HasSubstr("2 of 6 boards done"));
  EXPECT_THAT(done.err, AllOf(HasSubstr("1-3  error: it rebooted 3 times"),
                              HasSubstr("error: 4 of 6 boards failed: 1-2, 1-3, 1-4, 1-5")));
}

TEST_F(SeveralBoards, EachHintOnce) {
  const auto done = with_boards({"lost", "lost", "lost"}, {"enter", "--all"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_EQ(count(done.err, "error: it left the bus"), 3U);
  EXPECT_EQ(count(done.err, "hint: usual causes: PA10"), 1U);
}

TEST_F(SeveralBoards, JsonIsTaggedByBoard) {
  const auto done = with_boards(with_failures(), {"--json", "flash", "--all", program(100 * 1024)});
  std::map<std::string, bool> ended;
  const auto lines = json_lines(done.out);
  for (const auto& line : lines) {
    if (line.at("event") == "result") continue;
    ASSERT_TRUE(line.contains("board")) << line;
    if (line.at("event") == "board") ended[line.at("board")] = line.at("ok");
  }
  const std::map<std::string, bool> wanted = {{"1-1", true},  {"1-2", false}, {"1-3", false},
                                              {"1-4", false}, {"1-5", false}, {"1-6", true}};
  EXPECT_EQ(ended, wanted);
  const json& result = lines.back();
  EXPECT_EQ(result.at("event"), "result");
  EXPECT_EQ(result.at("ok"), false);
  EXPECT_EQ(result.at("exit"), 74);
  EXPECT_EQ(result.at("error").at("kind"), "board-gone");
  ASSERT_THAT(result.at("boards"), SizeIs(6));
  EXPECT_EQ(result.at("boards")[2].at("error").at("kind"), "bounced");
  EXPECT_EQ(result.at("boards")[2].at("exit"), 75);
  EXPECT_EQ(result.at("boards")[5].at("board"), "1-6");
  EXPECT_EQ(result.at("boards")[5].at("bytes_verified"), 100 * 1024);
  EXPECT_THAT(done.err, IsEmpty());
}

TEST_F(SeveralBoards, ThoseThatAreNamedAndNoOther) {
  const auto done = with_boards({"", "", ""}, {"--json", "enter", "--usb", "1-3", "--usb", "1-1"});
  EXPECT_EQ(done.exit, 0);
  std::vector<std::string> names;
  const json result = json_lines(done.out).back();
  for (const auto& board : result.at("boards")) names.push_back(board.at("board"));
  EXPECT_THAT(names, ElementsAre("1-3", "1-1"));
  EXPECT_EQ(result.at("boards")[0].at("device").at("mode"), "dfu");
}

TEST_F(SeveralBoards, NamedInDifferentWays) {
  const Words mixed = {"enter", "--port", "/dev/ttyACM1", "--usb", "1-1"};
  EXPECT_EQ(with_boards({"", ""}, mixed).exit, 69) << "no board fits both";
  Words two = mixed;
  two.insert(two.end(), {"--count", "2"});
  const auto done = with_boards({"", ""}, two);
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("\n1-1 "), HasSubstr("\n1-2 ")));
}

TEST_F(SeveralBoards, OneThatIsNotThereFailsAlone) {
  const auto done = with_boards({""}, {"enter", "--usb", "1-1", "--usb", "7-7"});
  EXPECT_EQ(done.exit, 69);
  EXPECT_THAT(done.out, AllOf(HasSubstr("in DFU mode"), HasSubstr("USB port 7-7"),
                              HasSubstr("no-board: no board fits")));
}

TEST_F(SeveralBoards, AllLeavesOutWhatItWouldHaveToGuess) {
  const auto done = with_boards({"", "product=STM32 Virtual ComPort"}, {"enter", "--all"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, HasSubstr("left out: 1-2 (STM32 Virtual ComPort"));
  EXPECT_THAT(done.out, HasSubstr("1 of 1 board done"));
}

TEST_F(SeveralBoards, NoneForAllSaysWhy) {
  const auto done = with_boards({"product=STM32 Virtual ComPort"}, {"enter", "--all"});
  EXPECT_EQ(done.exit, 69);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("no board is there for --all"),
                    HasSubstr("--trigger, --firmware or --text, or name it: --port /dev/ttyACM0"),
                    Not(HasSubstr("seen:"))));
  EXPECT_THAT(done.err, HasSubstr("--port /dev/ttyACM0 (without --all)")) << "which refuses names";
}

TEST_F(SeveralBoards, I1TooFewForTheCountSayWhatToAddForThoseThatAreLeftOut) {
  const auto done = with_boards({"", "product=STM32 Virtual ComPort", "product=Mine"},
                                {"enter", "--count", "3", "--timeout", "5"});
  EXPECT_EQ(done.exit, 69);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("1 of 3 boards came within 5"),
                    HasSubstr("\n  1-2: say how such boards are rebooted with --trigger,"),
                    HasSubstr("\n  1-3: --port /dev/ttyACM2 (without --all)\n"),
                    Not(HasSubstr("\n  1-1: "))));
}

TEST_F(SeveralBoards, I1ANameThatFitsNothingNamesTheBoardsThatAreThere) {
  const auto one = with_boards({"", ""}, {"enter", "--port", "/dev/ttyACM9"});
  EXPECT_THAT(one.err, AllOf(HasSubstr("seen: 1-1 ("), HasSubstr(": --port /dev/ttyACM1\n")));
  const auto two = with_boards({"", ""}, {"enter", "--usb", "1-1", "--usb", "7-7"});
  EXPECT_THAT(two.err, AllOf(HasSubstr("seen: 1-2 ("), HasSubstr(": --port /dev/ttyACM1\n"),
                             Not(HasSubstr("seen: 1-1"))))
      << "but not the one that is worked on";
  const auto late = with_boards(
      {"", ""}, {"enter", "--count", "2", "--usb", "1-1", "--usb", "7-7", "--timeout", "1"});
  EXPECT_THAT(late.err, AllOf(HasSubstr("not there within"), HasSubstr("seen: 1-2 ("),
                              Not(HasSubstr("seen: 1-1"))));
  const auto both = with_boards({"bounces=99", ""}, {"enter", "--usb", "1-1", "--usb", "1-2"});
  EXPECT_EQ(both.exit, 75);
  EXPECT_THAT(both.err, Not(HasSubstr("seen:"))) << "nothing is missing";
}

TEST_F(SeveralBoards, CountIsExact) {
  EXPECT_EQ(with_boards({"", ""}, {"enter", "--count", "2"}).exit, 0);
  const auto few = with_boards({"", ""}, {"enter", "--count", "3", "--timeout", "20"});
  EXPECT_EQ(few.exit, 69);
  EXPECT_THAT(few.err, AllOf(HasSubstr("2 of 3 boards came within 20"), HasSubstr("\n  1-2 (")));
  const auto more = with_boards({"", ""}, {"enter", "--all", "--count", "1"});
  EXPECT_EQ(more.exit, 64);
  EXPECT_THAT(more.err, HasSubstr("2 boards are there, not 1"));
}

TEST_F(SeveralBoards, VerifyRunAndErase) {
  const std::string app = program();
  const auto verified = with_boards({"", "mode=dfu"}, {"verify", "--all", app});
  EXPECT_EQ(verified.exit, 76);
  EXPECT_EQ(count(verified.out, "differs: "), 2U);
  const auto run = with_boards({"", "mode=dfu", "mode=dfu"}, {"run", "--all"});
  EXPECT_EQ(run.exit, 0);
  EXPECT_THAT(run.out, AllOf(HasSubstr("1-3 "), HasSubstr("running on /dev/ttyACM"),
                             HasSubstr("2 of 2 boards done")));
  const auto erased =
      with_boards({"", "", ""}, {"erase", "--chip", "--usb", "1-1", "--usb", "1-2"});
  EXPECT_EQ(erased.exit, 0);
  EXPECT_EQ(count(erased.out, "erased, empty: 512 KiB"), 2U);
  EXPECT_EQ(count(erased.err, "no application is left to start"), 1U);
}

TEST_F(SeveralBoards, EraseIsForNamedBoardsOnly) {
  EXPECT_EQ(with_boards({"", ""}, {"erase", "--chip"}).exit, 64);
  for (const Words& words : {Words{"erase", "--all"}, Words{"erase", "--all", "--chip"}}) {
    const auto done = with_boards({"", ""}, words);
    EXPECT_EQ(done.exit, 64);
    EXPECT_THAT(done.err, HasSubstr("--chip erases the whole flash of one board"));
  }
}

TEST_F(SeveralBoards, APlanForEach) {
  const auto done =
      with_boards({"mode=dfu", "mode=dfu"}, {"flash", "--dry-run", "--all", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(count(done.out, "would erase 2 sectors and write 20.1 KiB"), 2U);
}

TEST_F(SeveralBoards, ABarForEachOnATerminal) {
  const auto done = with_boards({"times=x8", "times=x8", "times=x8"},
                                {"flash", "--all", "--progress=always", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, AllOf(HasSubstr("\x1b[2A"), HasSubstr("1-1  write    ["),
                              HasSubstr("1-3  flashed and verified")));
  EXPECT_THAT(done.err, EndsWith("\x1b[J")) << "nothing of them is left above the table";
}

TEST_F(SeveralBoards, MoreBarsThanTheTerminalHasLines) {
  const auto done = with_boards(Words(30, ""), {"enter", "--all", "--progress=always"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, AllOf(HasSubstr("and 8 more"), Not(HasSubstr("\x1b[23A"))));
}

TEST_F(SeveralBoards, QuietSaysErrorsOnly) {
  const auto done = with_boards({"", "lost"}, {"-q", "enter", "--all"});
  EXPECT_THAT(done.out, IsEmpty());
  EXPECT_THAT(done.err, StartsWith("1-2  error: it left the bus"));
}

TEST_F(SeveralBoards, TakeNoLongerThanOne) {
  std::optional<double> one;
  for (const std::size_t boards : {1U, 2U, 4U, 8U, 16U, 32U}) {
    const auto done =
        with_boards(Words(boards, "times=x8"), {"--json", "flash", "--all", program(100 * 1024)});
    const double seconds = json_lines(done.out).back().at("seconds");
    if (!one) one = seconds;
    RecordProperty("permille_of_" + std::to_string(boards),
                   static_cast<int>(1000 * seconds / *one));
    EXPECT_LE(seconds, *one * 1.02) << boards;
  }
}

TEST_F(SeveralBoards, WhatMakesNoSenseIsRefused) {
  const std::string app = program();
  const std::map<std::string, Words> refused = {
      {"--usb is given 2 times, but this is for one board",
       {"read", "--usb", "1-1", "--usb", "1-2", path("out.bin")}},
      {"read has no option --all", {"read", "--all", path("out.bin")}},
      {"--monitor opens the console of one board", {"flash", "--all", "--monitor", app}},
      {"--all takes every board", {"flash", "--all", "--usb", "1-1", app}},
      {"--count 3, but 1 board is named", {"flash", "--count", "3", "--usb", "1-1", app}},
      {"USB port 1-1 and USB port 1-1 name the same board",
       {"flash", "--usb", "1-1", "--usb", "1-1", app}},
      {"--count", {"flash", "--count", "0", app}},
  };
  for (const auto& [says, words] : refused) {
    const auto done = with_boards({"", ""}, words);
    EXPECT_EQ(done.exit, 64) << says;
    EXPECT_THAT(done.err, HasSubstr(says));
    EXPECT_THAT(done.out, IsEmpty());
  }
}

TEST_F(SeveralBoards, ABadImageIsSaidOnceAndTouchesNone) {
  const auto done =
      with_boards({"", ""}, {"flash", "--all", file("data.bin", sysboot::Bytes(4096, 0x11))});
  EXPECT_EQ(done.exit, 65);
  EXPECT_EQ(count(done.err, "error: "), 1U);
  EXPECT_THAT(done.err, Not(HasSubstr("1-1")));
}

}  // namespace
