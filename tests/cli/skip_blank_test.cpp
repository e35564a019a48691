// SPDX-License-Identifier: GPL-3.0-or-later
// flash --skip-blank: words, JSON and exit codes.
#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class SkipBlank : public Cli {
 protected:
  std::string board() const { return "--virtual=" + path("board.img"); }
};

TEST_F(SkipBlank, ANewChipIsNotErased) {
  EXPECT_EQ(stm32boot({board(), "erase", "--chip", "--stay"}).exit, 0);
  const auto plan = stm32boot({board(), "flash", "--skip-blank", "--dry-run", "--json", program()});
  EXPECT_THAT(json_lines(plan.out).back().at("erase"), IsEmpty());
  const auto done = stm32boot({board(), "flash", "--skip-blank", program()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("flashed and verified"));
  EXPECT_THAT(done.err, AllOf(Not(HasSubstr("erase ")), Not(HasSubstr("warning"))));
  const auto again = stm32boot({board(), "flash", "--skip-blank", program()});
  EXPECT_THAT(again.out, StartsWith("already in flash, verified"));
}

TEST_F(SkipBlank, ItsResultSaysWhatWasNotErased) {
  EXPECT_EQ(stm32boot({board(), "erase", "--chip", "--stay"}).exit, 0);
  const auto done = stm32boot({board(), "--json", "flash", "--skip-blank", program()});
  const auto result = json_lines(done.out).back();
  EXPECT_EQ(result.at("sectors_erased"), 0);
  EXPECT_EQ(result.at("sectors_blank"), 2);
  EXPECT_EQ(result.at("verified"), true);
}

TEST_F(SkipBlank, FlashWithErrorCorrectionIsExit64) {
  for (const char* chip : {"stm32g474", "stm32l072", "stm32h743"}) {
    const auto done = with_boards({std::string("chip=") + chip + ",mode=dfu"},
                                  {"flash", "--skip-blank", program()});
    EXPECT_EQ(done.exit, 64) << chip << done.err;
    EXPECT_THAT(done.err, AllOf(HasSubstr("may have, error correction"), Not(HasSubstr("write "))));
  }
}

TEST_F(SkipBlank, ContradictsFull) {
  const auto done = with_boards({""}, {"flash", "--skip-blank", "--full", program()});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr("every sector"), Not(HasSubstr("enter "))));
}

}  // namespace
