// SPDX-License-Identifier: GPL-3.0-or-later
// The command line with emulated chips on its own bench, as packaging/try.sh shows it.
#include <gmock/gmock.h>

#include "support/process.hpp"
#include "support/temporary.hpp"

namespace {

using testing::EndsWith;
using testing::HasSubstr;

class EmulatedStm32boot : public testing::Test {
 protected:
  support::Finished flash(const std::string& name, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {EMULATED_STM32BOOT,
                                      "--virtual=" + (folder_.path() / "board.img").string(),
                                      "flash", COMPANION_DIR "/" + name, "--monitor"};
    words.insert(words.end(), more.begin(), more.end());
    support::RunOptions options;
    options.stdin_text = "version\r";
    return support::run(words, options);
  }

 private:
  support::TemporaryFolder folder_;
};

TEST_F(EmulatedStm32boot, ABoardFromTheFactoryAnswersAndIsUpdatedFromItsApplication) {
  const auto first = flash("blackpill.bin");
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("already in DFU mode"));
  EXPECT_THAT(first.out, HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  const auto next = flash("blackpill-next.bin");
  ASSERT_EQ(next.exit, 0) << next.err;
  EXPECT_THAT(next.err, HasSubstr("(dfu line)"));
  EXPECT_THAT(next.out, HasSubstr("stm32boot Black Pill 0.1.0-next\r\n"));
}

}  // namespace
