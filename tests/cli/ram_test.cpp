// SPDX-License-Identifier: GPL-3.0-or-later
// run with an image: loaded into RAM, proved and started; refused, with what to type instead.
#include "cli.hpp"
#include "output/error_table.hpp"

namespace {

using stm32boot::hints;
using sysboot::Errc;
using sysboot::Error;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

class RunInRam : public Cli {
 protected:
  std::string raw(std::uint32_t address = 0x20004000) {
    return file("ram.bin", support::program(5000, 1, address));
  }
  std::string at(std::uint32_t address) { return raw(address) + "@" + sysboot::hex32(address); }
  static nlohmann::json result_of(const support::Finished& done) {
    return json_lines(done.out).back();
  }
};

TEST_F(RunInRam, 182FromTheApplicationToTheProgram) {
  const auto done = with_boards({""}, {"run", at(0x20004000)});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("loaded into RAM and verified: ram.bin, 5000 bytes at "
                                  "0x20004000, board 1-1, "));
  EXPECT_THAT(done.err, AllOf(HasSubstr("write "), HasSubstr("verify "), Not(HasSubstr("erase "))));
  EXPECT_THAT(done.err, HasSubstr("application back on /dev/ttyACM0"));
}

TEST_F(RunInRam, 182AFileThatSaysWhereItGoesNeedsNoAddress) {
  const std::string hex = path("ram.hex");
  ASSERT_EQ(stm32boot({"convert", at(0x20004000), hex}).exit, 0);
  EXPECT_EQ(with_boards({""}, {"run", hex}).exit, 0);
  EXPECT_EQ(with_boards({""}, {"run", raw(), "--address", "0x20004000"}).exit, 0);
}

TEST_F(RunInRam, 182ProgramsHearTheSame) {
  const auto result = result_of(with_boards({""}, {"--json", "run", at(0x20004000)}));
  EXPECT_EQ(result.at("address"), "0x20004000");
  EXPECT_EQ(result.at("bytes"), 5000);
  EXPECT_EQ(result.at("bytes_verified"), 5000);
  EXPECT_EQ(result.at("left"), true);
  EXPECT_EQ(result.at("back"), true);
  EXPECT_EQ(result.at("device").at("mode"), "application");
  EXPECT_EQ(result.at("enter").at("outcome"), "entered");
}

TEST_F(RunInRam, 182OnAllBoards) {
  const auto done = with_boards({"", "mode=dfu"}, {"run", at(0x20004000), "--all"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("loaded into RAM and verified, application back on /dev/ttyACM"));
  EXPECT_THAT(done.out, HasSubstr("2 of 2 boards done"));
}

TEST_F(RunInRam, 182ADryRunOnlySaysWhetherItFits) {
  const auto asked = with_boards({""}, {"run", at(0x20004000), "--dry-run"});
  EXPECT_EQ(asked.exit, 0) << asked.err;
  EXPECT_THAT(asked.out, MatchesRegex("ram.bin: 5000 bytes at 0x20004000 can be loaded into RAM; "
                                      "nothing is by a dry run; virtual board\n"));
  const Words not_asked = {"run", at(0x20004000), "--dry-run", "--no-enter"};
  EXPECT_THAT(with_boards({""}, not_asked).out,
              HasSubstr("was not asked; chip assumed: STM32F411xE"));
  EXPECT_EQ(with_boards({""}, {"run", at(0x20002000), "--dry-run"}).exit, 65);
  const Words without_waiting = {"--json", "run", at(0x20004000), "--dry-run", "--no-wait"};
  EXPECT_EQ(result_of(with_boards({""}, without_waiting)).at("run").at("back"), true)
      << "of the application, which is there again in any case";
}

TEST_F(RunInRam, 182WhatTheRomNeedsIsRefusedAndTheApplicationIsBack) {
  const std::string board = "--virtual=" + path("board.img");
  const auto done = stm32boot({board, "run", at(0x20002000)});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, HasSubstr("error: board 1-1: ram.bin cannot be loaded into RAM: 0x20002000 "
                                  "is outside 0x20003000-0x2001FFFF"));
  EXPECT_THAT(stm32boot({board, "list"}).out, HasSubstr("application"));
}

TEST_F(RunInRam, 182AnImageForFlashIsToBeFlashed) {
  const auto done = with_boards({""}, {"run", program()});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, AllOf(HasSubstr("0x08000000, which is internal flash"),
                              HasSubstr("hint: `stm32boot flash FILE` writes it to flash")));
}

TEST_F(RunInRam, 182AnImageThatIsWrongForEachBoardIsRefusedOnce) {
  const auto done = with_boards({"", ""}, {"run", program(), "--all"});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.out, IsEmpty()) << "no table of boards";
  EXPECT_THAT(done.err, HasSubstr("error: app.bin: "));
}

TEST_F(RunInRam, 182AnImageForRamIsToBeRun) {
  const auto done = with_boards({""}, {"flash", at(0x20004000)});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, HasSubstr("hint: `stm32boot run FILE` loads it into RAM and starts it"));
  const auto ccm = with_boards({""}, {"flash", at(0x10000000)});
  EXPECT_EQ(ccm.exit, 65);
  EXPECT_THAT(ccm.err, Not(HasSubstr("stm32boot run")));
}

TEST_F(RunInRam, 182ARawBinaryHasToSayWhereInRamItGoes) {
  const auto done = with_boards({""}, {"run", raw()});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr("its reset vector is 0x20004009"),
                              HasSubstr("`ram.bin@ADDRESS` puts it elsewhere")));
}

TEST_F(RunInRam, 182WhatLooksLikeNoProgramTakesForce) {
  const std::string data = file("data.bin", sysboot::Bytes(64)) + "@0x20004000";
  const auto done = with_boards({""}, {"run", data});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, AllOf(HasSubstr("no program for RAM: its first word 0x00000000"),
                              HasSubstr("hint: --force starts it anyway")));
  EXPECT_EQ(with_boards({""}, {"run", data, "--force", "--timeout", "1"}).exit, 79);
}

TEST_F(RunInRam, 182WhatIsForAnImageIsRefusedWithoutOne) {
  for (const Words& words : std::vector<Words>{{"--dry-run"},
                                               {"--monitor"},
                                               {"--no-enter"},
                                               {"--trigger", "auto"},
                                               {"--firmware", "companion"},
                                               {"--text", "dfu"},
                                               {"--tries", "2"}}) {
    Words all = {"run"};
    all.insert(all.end(), words.begin(), words.end());
    const auto done = with_boards({"mode=dfu"}, all);
    EXPECT_EQ(done.exit, 64) << words.front();
    EXPECT_THAT(done.err, HasSubstr(words.front() + " requires image"));
  }
}

TEST_F(RunInRam, 182SettingsForEnteringDoNotKeepWhatIsThereFromRunning) {
  support::RunOptions options;
  options.environment = {"STM32BOOT_FIRMWARE=companion"};
  EXPECT_EQ(with_boards({"mode=dfu"}, {"run"}, options).exit, 0);
}

TEST_F(RunInRam, 182WhatDoesNotGoWithMonitor) {
  const std::string image = at(0x20004000);
  for (const Words& words : std::vector<Words>{
           {image, "--dry-run"}, {image, "--no-wait"}, {image, "--all"}, {"-@0x20004000"}}) {
    Words all = {"run", "--monitor"};
    all.insert(all.end(), words.begin(), words.end());
    const auto done = with_boards({""}, all);
    EXPECT_EQ(done.exit, 64) << words.back();
    EXPECT_THAT(done.err, HasSubstr("--monitor")) << words.back();
  }
}

TEST_F(RunInRam, 182ItsConsoleIsOpenedAfterwards) {
  support::RunOptions options;
  options.stdin_text = "version\r";
  const auto done = with_boards({""}, {"run", at(0x20004000), "--monitor"}, options);
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("loaded into RAM"), HasSubstr("virtual board\r\n")));
}

TEST(HintsOnRam, 182NameTheCommandThatTakesIt) {
  const Error error = Error(Errc::image_does_not_fit, "x").with_remedy("run");
  EXPECT_THAT(hints(error, "flash"), Contains(HasSubstr("`stm32boot run FILE`")));
  EXPECT_THAT(hints(error, "verify"), IsEmpty());
  EXPECT_THAT(hints(Error(Errc::image_does_not_fit, "x"), "flash"), IsEmpty());
  EXPECT_THAT(hints(Error(Errc::made_for_another, "x"), "run"), Contains(HasSubstr("--force")));
}

}  // namespace
