// SPDX-License-Identifier: GPL-3.0-or-later
// --x32: words, streams and exit codes.
#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class X32 : public Cli {};

TEST_F(X32, FlashesAndErases) {
  const auto flash = with_boards({""}, {"--json", "flash", "--x32", program()});
  EXPECT_EQ(flash.exit, 0) << flash.err;
  EXPECT_EQ(json_lines(flash.out).back().at("x32"), true);
  EXPECT_EQ(json_lines(flash.out).back().at("verified"), true);
  const auto erase = with_boards({"mode=dfu"}, {"erase", "--chip", "--x32"});
  EXPECT_EQ(erase.exit, 0) << erase.err;
  EXPECT_THAT(erase.out, StartsWith("erased, empty: 8 sectors"));
}

TEST_F(X32, IsNeverUnverified) {
  for (const Words& command : {Words{"flash", program()}, Words{"erase", "--chip"}}) {
    Words words = command;
    words.insert(words.end(), {"--x32", "--no-verify"});
    const auto done = with_boards({""}, words);
    EXPECT_EQ(done.exit, 64);
    EXPECT_THAT(done.out, IsEmpty());
    EXPECT_THAT(done.err,
                AllOf(HasSubstr("32 bits at a time is always verified"), Not(HasSubstr("enter "))));
  }
}

TEST_F(X32, TooLowASupplyIsExit76) {
  const auto done = with_boards({"mode=dfu,supply=2500"}, {"flash", "--x32", program()});
  EXPECT_EQ(done.exit, 76);
  EXPECT_THAT(done.err, HasSubstr("32 bits at a time, which takes a supply of 2.7 V or more"));
}

}  // namespace
