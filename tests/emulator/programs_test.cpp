// SPDX-License-Identifier: GPL-3.0-or-later
// The command line with emulated chips on its own bench, as packaging/try.sh shows it.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "support/process.hpp"
#include "support/temporary.hpp"

namespace {

using testing::HasSubstr;

class EmulatedStm32boot : public testing::Test {
 protected:
  support::Finished flash(const std::string& name) {
    support::RunOptions options;
    options.stdin_text = "version\r";
    return run({"flash", COMPANION_DIR "/" + name, "--monitor"}, options);
  }

  support::Finished run(const std::vector<std::string>& more,
                        const support::RunOptions& options = {}) {
    std::vector<std::string> words = {EMULATED_STM32BOOT,
                                      "--virtual=" + (folder_.path() / "board.img").string()};
    words.insert(words.end(), more.begin(), more.end());
    return support::run(words, options);
  }

 private:
  support::TemporaryFolder folder_;
};

TEST_F(EmulatedStm32boot, ABoardFromTheFactoryAnswersAndIsUpdatedFromItsApplication) {
  EXPECT_THAT(run({"list"}).out, HasSubstr("0483:df11"));
  const auto first = flash("blackpill.bin");
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  const auto next = flash("blackpill-next.bin");
  ASSERT_EQ(next.exit, 0) << next.err;
  EXPECT_THAT(next.err, HasSubstr("(dfu-detach)"));
  EXPECT_THAT(next.out, HasSubstr("stm32boot Black Pill 0.1.0-next\r\n"));
}

TEST_F(EmulatedStm32boot, SaysWhatAProgramDoesThatIsNotModelledAndLetsItGoOn) {
  const auto done = run({"flash", std::string(EMULATOR_FIRMWARE_DIR) + "/told.elf"});
  EXPECT_EQ(done.exit, 79) << "it has no USB, so nothing comes back: " << done.err;
  EXPECT_THAT(done.err, HasSubstr("emulator: unmodelled: write of 0x00000003 to SDIO_POWER "));
  EXPECT_THAT(done.err, HasSubstr("emulator: unmodelled: read from SDIO_POWER "));
}

TEST_F(EmulatedStm32boot, 183IsTheChipThatIsNamed) {
  const auto info = run({"--virtual-board", "chip=stm32f413", "info"});
  EXPECT_EQ(info.exit, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("11 x 128 KiB"));
  const auto flashed =
      run({"--virtual-board", "chip=stm32f413", "flash", COMPANION_DIR "/blackpill.bin"});
  EXPECT_EQ(flashed.exit, 0) << flashed.err;
}

TEST_F(EmulatedStm32boot, 183RefusesToBeAnother) {
  const auto done = run({"--virtual-board", "chip=stm32h743", "info"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err,
              HasSubstr("a chip is emulated as an stm32f411 or stm32f413, not as an stm32h743"));
}

// What foreign.sh says of two programs of ours, as if they were somebody else's.
TEST(ForeignScript, HasARowForEachProgramAndSaysWhatWentWrong) {
  const support::TemporaryFolder folder;
  std::ofstream(folder.path() / "table")
      << "# a comment\n"
      << "Black Pill | 25 | " COMPANION_DIR "/blackpill.elf | --trigger dfu-detach\n"
      << "deaf | 25 | " COMPANION_DIR "/blackpill.elf | --text nothing\n"
      << "silent | 8 | " EMULATOR_FIRMWARE_DIR "/told.elf | -\n";
  const auto done = support::run({FOREIGN_SCRIPT, folder.path().string(), BUILD_DIR});
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out,
              testing::ContainsRegex("Black Pill +.  25 .*dfu-detach +. yes +. yes +.\n. deaf"));
  EXPECT_THAT(done.out, testing::ContainsRegex(
                            "deaf +.  25 .* - +. no +. - +.\n.*ignored text; it answered \""));
  EXPECT_THAT(done.out, testing::ContainsRegex("silent +.   8 . no USB .*\n  at its first start, "
                                               "by the ROM: nothing came back within 10"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "Black_Pill.log"));
}

}  // namespace
