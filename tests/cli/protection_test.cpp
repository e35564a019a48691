// SPDX-License-Identifier: GPL-3.0-or-later
// option-bytes and unlock: words, streams and exit codes.
#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class Protection : public Cli {
 protected:
  static nlohmann::json result_of(const support::Finished& done) {
    return json_lines(done.out).back();
  }
};

TEST_F(Protection, OptionBytesAreShown) {
  const auto done = with_boards({"mode=dfu"}, {"option-bytes"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(done.out,
            "bytes       0x1FFFC000  ef aa 10 55 ff ff ff ff ff 7f 00 80 ff ff ff ff\n"
            "chip        STM32F411xE (bootloader id 0xD0)\n"
            "RDP         0xAA  level 0: no read protection\n"
            "BOR_LEV     0x03  no brown-out reset\n"
            "WDG_SW      0x01  the watchdog is started by software\n"
            "nRST_STOP   0x01  no reset in Stop\n"
            "nRST_STDBY  0x01  no reset in Standby\n"
            "nWRP        0xFF  no sector is write-protected\n"
            "SPRMOD      0x00  nWRP chooses write-protected sectors\n"
            "virtual board\n");
}

TEST_F(Protection, OptionBytesAreWrittenWithForceOnly) {
  const std::string wanted = "EFAA1055 FFFFFFFF FD7F0280 FFFFFFFF";
  const auto refused = with_boards({""}, {"option-bytes", "--write", wanted});
  EXPECT_EQ(refused.exit, 64);
  EXPECT_THAT(refused.err, HasSubstr("add --force"));
  const auto done = with_boards({""}, {"--json", "option-bytes", "--write", wanted, "--force"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(result_of(done).at("option_bytes").at("fields").at("nWRP").at("meaning"),
            "sector 1 is write-protected");
  for (const char* text : {"EF A", "xyz", "0x1234"}) {
    EXPECT_THAT(with_boards({""}, {"option-bytes", "--force", "--write", text}).err,
                HasSubstr("are no bytes"));
  }
}

TEST_F(Protection, UnlockAsks) {
  support::RunOptions options;
  options.stdin_text = "yes\n";
  const auto yes = with_boards({"rdp"}, {"unlock"}, options);
  EXPECT_EQ(yes.exit, 75) << "nothing comes back: not proved";
  EXPECT_THAT(yes.err, AllOf(HasSubstr("warning: board 1-1 is read-protected; unlocking erases all "
                                       "of its Internal Flash (512 KiB"),
                             HasSubstr("type 'yes' to go on: "), HasSubstr("hold BOOT0")));
  EXPECT_EQ(yes.out, "");
}

TEST_F(Protection, UnlockTakesNothingElseForYes) {
  for (const char* answer : {"", "y\n", "no\n", "yes please\n"}) {
    support::RunOptions options;
    options.stdin_text = answer;
    const auto done = with_boards({"rdp"}, {"unlock"}, options);
    EXPECT_EQ(done.exit, 64);
    EXPECT_THAT(done.err,
                AllOf(HasSubstr("nothing was unlocked"), HasSubstr("run      application back")));
  }
}

TEST_F(Protection, UnlockWithYesDoesNotAsk) {
  const auto done = with_boards({"rdp,boot0,mode=dfu"}, {"--json", "unlock", "--yes"});
  EXPECT_EQ(done.exit, 0) << done.err;
  const auto result = result_of(done);
  EXPECT_EQ(result.at("unlocked"), true);
  EXPECT_EQ(result.at("device").at("mode"), "dfu");
  EXPECT_EQ(result.at("bytes_read_empty"), 512 * 1024);
  EXPECT_THAT(done.err, Not(HasSubstr("type 'yes'")));
}

TEST_F(Protection, A2UnlockedSaysHowMuchWasRead) {
  const auto done = with_boards({"rdp,boot0,mode=dfu,times=none"}, {"unlock", "--yes"});
  EXPECT_THAT(done.out, MatchesRegex("unlocked: board 1-1, 512 KiB of flash read and empty, .* s; "
                                     "it is in DFU mode; virtual board\n"));
}

TEST_F(Protection, UnlockLeavesAnUnprotectedBoardAlone) {
  const auto done = with_boards({""}, {"unlock", "--yes"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(done.out, "board 1-1 is not read-protected; nothing was done; virtual board\n");
}

}  // namespace
