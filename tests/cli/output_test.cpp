// SPDX-License-Identifier: GPL-3.0-or-later
// What people see, and on which stream.
#include "cli.hpp"
#include "output/error_table.hpp"
#include "support/linked_program.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class Output : public Cli {};

TEST_F(Output, AFlashLineByLine) {
  const auto done = with_boards({"times=x8"}, {"flash", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out,
            "flashed and verified: app.bin, 20517 bytes at 0x08000000, board 1-1, 1.85 s; virtual "
            "board\n");
  EXPECT_EQ(done.err,
            "board    1-1 (stm32boot Black Pill, /dev/ttyACM0, serial 326533683734)\n"
            "enter    DFU mode after 0.31 s (dfu line)\n"
            "compare  2 of 2 sectors differ                             0.01 s\n"
            "erase    2 sectors, 32 KiB                                 0.80 s\n"
            "write    20.1 KiB, 54 KiB/s                                0.37 s\n"
            "verify   20.0 KiB, 761 KiB/s                               0.03 s\n"
            "commit   stack pointer and reset vector                    0.01 s\n"
            "run      application back on /dev/ttyACM0 after 0.31 s\n");
}

TEST_F(Output, NothingChangedSaysSo) {
  const std::string app = program();
  const std::string state = "--virtual=" + path("board.img");
  stm32boot({state, "flash", app});
  const auto again = stm32boot({state, "flash", app});
  EXPECT_EQ(again.exit, 0);
  EXPECT_THAT(again.out, StartsWith("already in flash, verified: app.bin"));
}

TEST_F(Output, NotVerifiedIsSaidLoudly) {
  EXPECT_THAT(with_boards({}, {"flash", program(), "--no-verify"}).out,
              StartsWith("flashed, NOT verified: "));
}

TEST_F(Output, StayIsSaid) {
  EXPECT_THAT(with_boards({}, {"flash", program(), "--stay"}).out,
              HasSubstr("; it stays in DFU mode"));
}

TEST_F(Output, QuietSaysNothing) {
  const auto done = with_boards({}, {"-q", "flash", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out + done.err, IsEmpty());
}

TEST_F(Output, QuietStillSaysErrors) {
  EXPECT_THAT(with_boards({"lost"}, {"-q", "enter"}).err, StartsWith("error: board 1-1: "));
}

TEST_F(Output, VerboseSaysWhatIsTried) {
  EXPECT_THAT(with_boards({}, {"-v", "enter"}).err, HasSubstr("firing dfu line"));
}

TEST_F(Output, VeryVerboseShowsEveryTransfer) {
  const auto done = with_boards({"mode=dfu"}, {"-vv", "flash", program(2048), "--stay"});
  EXPECT_THAT(done.err,
              HasSubstr("OUT type=21 request=01 value=0002 index=0000 length=8 -> ok, 8 bytes"));
  EXPECT_THAT(done.err,
              HasSubstr("IN  type=a1 request=03 value=0000 index=0000 length=6 -> ok, 6 bytes"));
}

TEST_F(Output, NoBarsAndNoColoursInAPipe) {
  EXPECT_THAT(with_boards({}, {"flash", program()}).err,
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\r"))));
}

TEST_F(Output, BarsAndColoursWhenAskedFor) {
  const auto done = with_boards({}, {"flash", program(), "--progress=always", "--color=always"});
  EXPECT_THAT(done.err, AllOf(HasSubstr("\r"), HasSubstr("write    [.."), HasSubstr("\x1b[1m")));
  EXPECT_THAT(done.out, Not(HasSubstr("\x1b"))) << "results are plain";
}

TEST_F(Output, GlobalOptionsBeforeAndAfterTheCommand) {
  const std::string app = program();
  EXPECT_EQ(stm32boot({"--virtual", "-q", "flash", app}).exit, 0);
  EXPECT_EQ(stm32boot({"flash", app, "--virtual", "-q"}).exit, 0);
  EXPECT_EQ(stm32boot({"flash", "--virtual", app, "-q"}).exit, 0);
}

TEST_F(Output, List) {
  const auto done = with_boards({"", "mode=dfu,rom-serial=ABCDEF012345"}, {"list"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out,
            "PORT          USB  MODE         ID         PRODUCT               SERIAL\n"
            "/dev/ttyACM0  1-1  application  0483:5740  stm32boot Black Pill  326533683734\n"
            "-             1-2  DFU          0483:df11  STM32  BOOTLOADER     ABCDEF012345\n"
            "virtual board\n");
}

TEST_F(Output, Info) {
  const auto done = with_boards({"mode=dfu"}, {"info", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out,
            "image       app.bin, bin, 20517 bytes at 0x08000000\n"
            "board       1-1 0483:df11 STM32  BOOTLOADER, serial 326533683734\n"
            "chip        STM32F411xE (bootloader id 0xD0)\n"
            "bootloader  DfuSe 1.1a, release 22.00, 2048 bytes a transfer\n"
            "memories    alt 0  Internal Flash   0x08000000-0x0807FFFF  rew\n"
            "                   4 x 16 KiB, 1 x 64 KiB, 3 x 128 KiB\n"
            "            alt 1  Option Bytes     0x1FFFC000-0x1FFFC00F  r-w  1 x 16 bytes\n"
            "            alt 2  OTP Memory       0x1FFF7800-0x1FFF7A0F  r-w\n"
            "                   1 x 512 bytes, 1 x 16 bytes\n"
            "            alt 3  Device Feature   0xFFFF0000-0xFFFF0003  r-w  1 x 4 bytes\n"
            "flash       # used  . empty  = image, matches  + image, would change\n"
            "  |++|++|..|..|........|................|................|................|\n"
            "virtual board\n");
}

// A virtual board comes with a program of 1 KiB.
TEST_F(Output, C4SaysWhatIsLostBehindTheImage) {
  const std::string little = program(100);
  const auto plan = with_boards({"mode=dfu"}, {"flash", "--dry-run", little});
  EXPECT_THAT(plan.out, HasSubstr("\nbehind the image, and lost without --keep: "
                                  "0x08000064-0x080003FF, 924 bytes\n"));
  const auto verbose = with_boards({"mode=dfu"}, {"-v", "flash", little});
  EXPECT_THAT(verbose.err,
              HasSubstr("0x08000064-0x080003FF, 924 bytes behind the image, are lost"));
  const auto json = with_boards({"mode=dfu"}, {"--json", "flash", little});
  const auto lost = nlohmann::json::parse(R"([{"address": "0x08000064", "bytes": 924}])");
  EXPECT_EQ(json_lines(json.out).back().at("lost"), lost);
}

TEST_F(Output, C4SaysNothingOfWhatIsKeptOrUnknown) {
  const std::string little = program(100);
  for (const Words& words :
       {Words{"flash", "--keep", little}, Words{"flash", "--dry-run", "--keep", little}}) {
    const auto done = with_boards({"mode=dfu"}, words);
    EXPECT_THAT(done.out + done.err, testing::Not(HasSubstr("lost")));
  }
  const auto json = with_boards({"mode=dfu"}, {"--json", "flash", "--keep", little});
  EXPECT_EQ(json_lines(json.out).back().at("lost"), nlohmann::json::array());
  const auto unknown = with_boards({""}, {"--json", "flash", "--dry-run", "--no-enter", little});
  EXPECT_TRUE(json_lines(unknown.out).back().at("lost").is_null());
}

TEST_F(Output, A1AClonesOtherSectorsAreMendedAndThatIsSaid) {
  const auto state = path("board.img");
  const sysboot::Bytes app = support::program(64 * 1024);
  sysboot::Bytes before = app;
  before[20 * 1024] ^= 1;
  ASSERT_EQ(stm32boot({"--virtual=" + state, "flash", file("before.bin", before)}).exit, 0);
  const auto done = stm32boot(
      {"--virtual=" + state, "--virtual-board", "erase-unit=4", "flash", file("app.bin", app)});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("warning: flash has changed in a sector that was right"));
  EXPECT_THAT(done.out, HasSubstr("flashed and verified"));
}

TEST_F(Output, DryRunPrintsThePlan) {
  const auto done = with_boards({"mode=dfu"}, {"flash", "--dry-run", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out,
            "app.bin: 20517 bytes at 0x08000000, 2 sectors; nothing is changed by a dry run\n"
            "would erase 2 sectors and write 20.1 KiB\n"
            "  0x08000000  16 KiB\n"
            "  0x08004000  16 KiB\n"
            "virtual board\n");
}

TEST_F(Output, DryRunThatMayNotEnterSaysWhatItAssumes) {
  EXPECT_THAT(with_boards({""}, {"flash", "--dry-run", "--no-enter", program()}).out,
              HasSubstr("the board runs its application and was not asked; memory assumed: "
                        "0x08000000-0x0807FFFF (STM32F411xE)"));
}

TEST_F(Output, DryRunOfARunningBoardComparesAndLeavesItAsItWas) {
  const auto done = with_boards({""}, {"flash", "--dry-run", program()});
  EXPECT_THAT(done.out, HasSubstr("would erase 2 sectors and write 20.1 KiB"));
  EXPECT_THAT(done.out, Not(HasSubstr("assumed")));
  EXPECT_THAT(done.err, HasSubstr("run      application back on /dev/ttyACM0"));
}

TEST_F(Output, AVisitAfterWhichTheApplicationIsMissingIsNoSuccess) {
  for (const Words& words : {Words{"info"}, Words{"flash", "--dry-run", program()}}) {
    const auto done = with_boards({"app-lost"}, words);
    EXPECT_EQ(done.exit, 79) << words.front();
    EXPECT_THAT(done.err, HasSubstr("nothing came back"));
  }
}

TEST_F(Output, InfoOnARunningBoardVisitsIt) {
  const auto done = with_boards({""}, {"info"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("chip        STM32F411xE"));
  EXPECT_THAT(done.err, HasSubstr("run      application back on /dev/ttyACM0"));
}

TEST_F(Output, InfoThatMayNotEnterSaysHowToGetThere) {
  EXPECT_EQ(with_boards({""}, {"info", "--no-enter"}).err,
            "board    1-1 (stm32boot Black Pill, /dev/ttyACM0, serial 326533683734)\n"
            "error: board 1-1: it runs its application, and is not to be rebooted; virtual board\n"
            "  hint: `stm32boot enter` takes it into DFU mode\n"
            "  more: " +
                stm32boot::more_about(sysboot::Errc::not_in_dfu_mode) + "\n");
}

TEST_F(Output, InfoOfAnImageNeedsNoBoard) {
  const auto done = stm32boot({"info", program()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(done.out,
            "image       app.bin, bin, 20517 bytes at 0x08000000\n"
            "board       none is connected\n");
  EXPECT_EQ(stm32boot({"info", program(), "--usb", "9-9"}).exit, 69) << "one that is named";
  const std::string far =
      file("far.bin", support::LinkedProgram(0x08004000).at(0x08000000).segments.front().data);
  EXPECT_THAT(stm32boot({"info", far}).out, HasSubstr("refused: "));
  EXPECT_EQ(stm32boot({"info"}).exit, 69) << "nothing else to look at";
}

TEST_F(Output, RestartTellsWhatCameUp) {
  const auto done = with_boards({""}, {"restart"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, MatchesRegex("restarted: board 1-1 \\(.*ttyACM0.*\n"));
  EXPECT_EQ(with_boards({"app-lost"}, {"restart"}).exit, 79);
  EXPECT_EQ(with_boards({""}, {"restart", "--no-wait"}).out,
            "restarted, and not waited for; virtual board\n");
  EXPECT_EQ(with_boards({"line=,no-touch"}, {"restart"}).exit, 75);
}

TEST_F(Output, EraseSaysThatTheApplicationIsBack) {
  const auto done = with_boards({""}, {"erase", "--sectors", "7"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("run      application back"));
  EXPECT_THAT(done.out, Not(HasSubstr("DFU mode")));
  EXPECT_EQ(with_boards({"app-lost"}, {"erase", "--sectors", "7"}).exit, 79);
}

TEST_F(Output, RunTellsWhatCameUp) {
  EXPECT_THAT(with_boards({"mode=dfu"}, {"run"}).out,
              MatchesRegex("running: board 1-1 \\(.*ttyACM0.*\n"));
}

TEST_F(Output, HostileNamesCannotDriveTheTerminal) {
  const auto done = with_boards({"product=evil\x1b[2J\x07name"}, {"list"});
  EXPECT_THAT(done.out, AllOf(HasSubstr("evil?[2J?name"), Not(HasSubstr("\x1b"))));
}

}  // namespace
