// SPDX-License-Identifier: GPL-3.0-or-later
// How text is laid out for people: lines that fit, bars, the pace of virtual time.
#include "boards/pace.hpp"
#include "cli.hpp"
#include "command_line/examples.hpp"
#include "commands/commands.hpp"
#include "dfu_util/words.hpp"
#include "output/bar.hpp"
#include "output/wrap.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kib = 1024;

TEST(Wrapped, BreaksAtBlanksAndIndents) {
  EXPECT_EQ(stm32boot::wrapped("one two three four", 11, 4, 2), "one two\n  three\n  four");
  EXPECT_EQ(stm32boot::wrapped("short", 80, 0, 2), "short");
  EXPECT_EQ(stm32boot::wrapped("averyverylongword and", 10, 0, 0), "averyverylongword\nand");
}

TEST(Bar, ShowsRateAndTimeLeftOnceTheyAreKnown) {
  EXPECT_EQ(stm32boot::bar_text(0, 64 * kib, milliseconds(0), 80),
            "[..............................]   0 %  0 bytes of 64 KiB");
  EXPECT_THAT(stm32boot::bar_text(16 * kib, 64 * kib, milliseconds(400), 80), Not(HasSubstr("/s")));
  EXPECT_EQ(stm32boot::bar_text(16 * kib, 64 * kib, seconds(2), 80),
            "[#######.......................]  25 %  16 KiB of 64 KiB  8 KiB/s, 6 s left");
  EXPECT_THAT(stm32boot::bar_text(kib, 512 * kib, seconds(2), 80), HasSubstr(", 17 min left"));
}

TEST(Bar, FitsItsRoom) {
  for (const std::size_t width : {80U, 70U, 60U}) {
    EXPECT_LE(stm32boot::bar_text(100 * kib, 512 * kib, seconds(3), width).size(), width);
  }
}

class Paced : public testing::Test {
 protected:
  sysboot::TimePoint real_{};
  std::vector<sysboot::Duration> slept_;
  stm32boot::Pace pace(double speed) {
    return {speed,
            {[this] { return real_; },
             [this](sysboot::Duration time) {
               slept_.push_back(time);
               real_ += time;
             }}};
  }
};

TEST_F(Paced, SleepsAsLongAsVirtualTimeHasPassed) {
  auto real = pace(1);
  const sysboot::TimePoint start{};
  real.keep(start);
  real.keep(start + seconds(2));
  real_ += seconds(1);  // work takes time, too
  real.keep(start + seconds(5));
  EXPECT_THAT(slept_, ElementsAre(seconds(2), seconds(2)));
}

TEST_F(Paced, TenTimesAsFastOrNotAtAll) {
  auto fast = pace(10);
  fast.keep({});
  fast.keep(sysboot::TimePoint(seconds(2)));
  EXPECT_THAT(slept_, ElementsAre(milliseconds(200)));
  auto none = pace(0);
  none.keep({});
  none.keep(sysboot::TimePoint(seconds(2)));
  EXPECT_EQ(slept_.size(), 1U);
}

class Columns : public Cli {
 protected:
  static std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
    return longest;
  }
  static support::RunOptions columns(const char* count) {
    support::RunOptions options;
    options.environment = {std::string("COLUMNS=") + count};
    return options;
  }
};

TEST_F(Columns, 183OfEveryChip) {
  for (const char* chip : {"stm32f072", "stm32f413", "stm32f429", "stm32f767", "stm32g474"}) {
    const std::string board = std::string("mode=dfu,chip=") + chip;
    const auto info = with_boards({board}, {"info"}, columns("80"));
    EXPECT_EQ(info.exit, 0) << info.err;
    EXPECT_LE(longest_line(info.out), 80U) << info.out;
  }
}

// Sectors that are too small for a cell of their own show in the one that they share.
TEST_F(Columns, 183APictureShowsEachSectorThatIsUsed) {
  const auto info = with_boards({"chip=stm32f413,mode=dfu"}, {"info"}, columns("80"));
  EXPECT_THAT(info.out, HasSubstr("\n  #..."));
}

TEST_F(Columns, LinesFitThem) {
  const Words boards = {"line=,no-touch"};
  for (const Words& words : {Words{"enter"}, Words{"list"}, Words{"profiles"}, Words{"chips"},
                             Words{"info", "--no-enter"}, Words{"flash", "-D", "app.bin"}}) {
    const auto done = with_boards(boards, words, columns("80"));
    EXPECT_LE(longest_line(done.err), 80U) << done.err;
    EXPECT_LE(longest_line(done.out), 80U) << done.out;
  }
  const auto info = with_boards({"mode=dfu"}, {"info", program()}, columns("80"));
  EXPECT_LE(longest_line(info.out), 80U) << info.out;
  const auto narrow = with_boards({"line=,no-touch"}, {"enter"}, columns("40"));
  EXPECT_THAT(narrow.err, HasSubstr("  hint: hold BOOT0, press and release\n        NRST"));
  const auto flashed = with_boards({""}, {"flash", program()}, columns("40"));
  EXPECT_LE(longest_line(flashed.out), 40U) << flashed.out;
}

TEST_F(Columns, LinesForOtherProgramsStayWhole) {
  const auto done = with_boards({"line=,no-touch"}, {"enter"});
  EXPECT_GT(longest_line(done.err), 70U);
}

#ifndef _WIN32
// `stm32boot flash app.bin | tee log`: the terminal is that of standard error alone.
TEST_F(Columns, AResultInAFileStaysWholeThoughErrorsGoToATerminal) {
  const std::string log = path("log");
  const std::string command = std::string(STM32BOOT) +
                              " --virtual --virtual-speed 0 flash --usb 1-1 " + program() + " >" +
                              log;
  support::RunOptions options;
  options.environment = {"TERM=xterm"};
  const auto done =
      support::run({"script", "-qec", "stty cols 40; " + command, "/dev/null"}, options);
  EXPECT_EQ(done.exit, 0) << done.out;
  EXPECT_THAT(done.out, HasSubstr("\x1b[1mboard    \x1b[0m")) << "it is a terminal";
  std::ifstream in(log);
  std::string line;
  std::getline(in, line);
  EXPECT_THAT(line, testing::MatchesRegex("flashed and verified: app.bin, .*; virtual board"));
}
#endif

TEST_F(Columns, EveryCommandHasAnExampleThatItTakes) {
  const stm32boot::Declared all_of_it;
  for (const auto& command : all_of_it.line.commands()) {
    const std::string example(stm32boot::example_of(command.name()));
    EXPECT_THAT(stm32boot({"help", command.name()}).out, HasSubstr("\nExample: " + example + "\n"));
    std::istringstream all(example);
    Words words{std::istream_iterator<std::string>(all), {}};
    ASSERT_FALSE(words.empty()) << command.name();
    words.erase(words.begin());
    if (command.name() == "dfu-util") {  // behind it, the words are dfu-util's
      const Words its(words.begin() + 1, words.end());
      EXPECT_EQ(stm32boot::dfu_util::parse(its).file, "app.bin") << example;
      continue;
    }
    stm32boot::Declared declared;
    EXPECT_EQ(declared.line.parse(words), stm32boot::CommandLine::Wish::run) << example;
    EXPECT_EQ(declared.line.command().name(), command.name());
  }
}

// What it finds is this machine's; that it is told in the exit status is not.
TEST(Doctor, EndsWithTroubleWhereItFoundSome) {
  for (const char* which : {"--no-config", "--virtual"}) {
    const auto done = support::run({STM32BOOT, which, "doctor", "--color=always"});
    const bool has_trouble = done.out.find("\x1b[1;31mtrouble\x1b[0m ") != std::string::npos;
    EXPECT_EQ(done.exit, has_trouble ? 69 : 0) << done.out;
    EXPECT_EQ(done.err.find("found trouble") != std::string::npos, has_trouble) << done.err;
    EXPECT_THAT(done.out, HasSubstr("\x1b["));
    EXPECT_THAT(done.err, Not(HasSubstr("hint: ")));
  }
}

}  // namespace
