// SPDX-License-Identifier: GPL-3.0-or-later
// How text is laid out for people: lines that fit, bars, the pace of virtual time.
#include "boards/pace.hpp"
#include "cli.hpp"
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

TEST_F(Columns, LinesFitThem) {
  const Words boards = {"line=,no-touch"};
  for (const Words& words : {Words{"enter"}, Words{"list"}, Words{"flash", "-D", "app.bin"}}) {
    const auto done = with_boards(boards, words, columns("80"));
    EXPECT_LE(longest_line(done.err), 80U) << done.err;
    EXPECT_LE(longest_line(done.out), 80U) << done.out;
  }
  const auto narrow = with_boards(boards, {"enter"}, columns("40"));
  EXPECT_THAT(narrow.err, HasSubstr("  hint: hold BOOT0, press and release\n        NRST"));
  const auto flashed = with_boards({""}, {"flash", program()}, columns("40"));
  EXPECT_LE(longest_line(flashed.out), 40U) << flashed.out;
}

TEST_F(Columns, LinesForOtherProgramsStayWhole) {
  const auto done = with_boards({"line=,no-touch"}, {"enter"});
  EXPECT_GT(longest_line(done.err), 70U);
}

TEST_F(Columns, EveryCommandHasAnExampleThatItTakes) {
  const std::string help = stm32boot({"--help"}).out;
  for (const char* command :
       {"list", "enter", "flash", "verify", "read", "erase", "run", "restart", "monitor", "info",
        "option-bytes", "unlock", "convert", "profiles", "doctor"}) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(command)));
    EXPECT_THAT(stm32boot({command, "--help"}).out,
                HasSubstr("\nExample: stm32boot " + std::string(command)));
  }
}

}  // namespace
