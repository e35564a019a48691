// SPDX-License-Identifier: GPL-3.0-or-later
// The companion firmware's build for RAM, loaded by the ROM and started there: by the ROM that
// STM32BOOT_ROM names, if any, else by the model.
#include "companion.hpp"
#include "dfuse/session.hpp"
#include "emulator/rom/file.hpp"
#include "support/process.hpp"
#include "support/temporary.hpp"
#include "sysboot/ram.hpp"

namespace emulator {
namespace {

using sysboot::Outcome;
using testing::HasSubstr;

class CompanionInRam : public Companion {
 protected:
  static EmulatedBoardSettings settings() {
    EmulatedBoardSettings settings;
    use_rom_of_environment(settings.machine);
    return settings;
  }
  void plug_in() { Companion::plug_in("blackpill.elf", settings()); }
  sysboot::RamRun run_in_ram() {
    return sysboot::run_in_ram(job(), {}, sysboot::load_image(image("blackpill-ram.elf")), {});
  }
  /// A board from the factory: nothing in flash, and in the ROM because BOOT0 is held.
  void plug_in_empty() {
    EmulatedBoardSettings in_rom = settings();
    in_rom.board.starts_in_rom = true;
    auto board = std::make_unique<EmulatedBoard>(std::move(in_rom));
    board_ = board.get();
    host_.add_board("1-1", std::move(board));
    ASSERT_TRUE(await_rom());
  }
};

TEST_F(CompanionInRam, 182IsLoadedFromTheApplicationInFlashWhichAResetBringsBack) {
  plug_in();
  const Bytes before(board_->flash().content().begin(), board_->flash().content().end());
  const sysboot::RamRun result = run_in_ram();
  EXPECT_EQ(result.entered.outcome, Outcome::entered);
  ASSERT_TRUE(result.run.board);
  EXPECT_EQ(result.run.board->ports.front().path, "/dev/ttyACM0");
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0-ram\r\n"));
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM's leave"));
  EXPECT_TRUE(std::equal(before.begin(), before.end(), board_->flash().content().begin()));
  ask("reset");
  wait(std::chrono::milliseconds(500));
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  EXPECT_THAT(ask("uptime"), HasSubstr("started by a software reset"));
}

// As on the emulated stm32boot's own bench: what RAM holds tells sysboot why it starts.
TEST_F(CompanionInRam, 181AnApplicationKeepsItsRamWhereTheBoardWasMadeToStartInTheRom) {
  constexpr Address word = 0x20010000;
  EmulatedBoardSettings settings;
  settings.board.starts_in_rom = true;
  auto board = std::make_unique<EmulatedBoard>(std::move(settings));
  board_ = board.get();
  host_.add_board("1-1", std::move(board));
  board_->unplug(host_.now());
  board_->load(image("blackpill.elf"));
  board_->plug_in(host_.now(), false);
  ASSERT_TRUE(await_application());
  board_->machine().set_word(word, 0xC0FFEE);
  EXPECT_EQ(enter("dfu-detach").outcome, Outcome::entered);
  ASSERT_TRUE(sysboot::run(job(), {}, flash_base, {}).board);
  EXPECT_EQ(board_->machine().word(word), 0xC0FFEEU);
}

class CompanionInRamTrigger : public CompanionInRam,
                              public testing::WithParamInterface<const char*> {};

// From RAM there is no reset on the way: the ROM finds the chip as it expects it all the same.
TEST_P(CompanionInRamTrigger, 182EntersTheRomAgain) {
  plug_in();
  ASSERT_TRUE(run_in_ram().run.board);
  const auto result = enter(GetParam());
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 1);
  EXPECT_EQ(board_->rom_entries(), 2U);
  EXPECT_TRUE(sysboot::run(job(), {}, sysboot::flash_base, {}).board);
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
}

INSTANTIATE_TEST_SUITE_P(Each, CompanionInRamTrigger,
                         testing::Values("auto", "touch-1200", "dfu-detach"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_F(CompanionInRam, 182OneBuildAfterTheOtherWithNothingInFlash) {
  plug_in_empty();
  for (int builds = 0; builds < 3; ++builds) {
    const sysboot::RamRun result = run_in_ram();
    EXPECT_EQ(result.entered.outcome, builds == 0 ? Outcome::already : Outcome::entered);
    ASSERT_TRUE(result.run.board) << builds;
    EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0-ram\r\n"));
  }
  EXPECT_THAT(board_->flash().content(), testing::Each(0xFF));
}

// On the way from a program into the ROM, too.
TEST_F(CompanionInRam, 182TheRomFindsInRamWhatTheProgramLeftThere) {
  plug_in();
  ASSERT_TRUE(run_in_ram().run.board);
  ASSERT_EQ(enter().outcome, Outcome::entered);
  auto dfu = sysboot::DfuseSession::open(job(), sysboot::find_board(host_, {}));
  Bytes variables(2048);
  dfu.read_block(0x20005E00, variables);
  EXPECT_TRUE(std::equal(variables.begin(), variables.end(),
                         std::as_const(*board_).machine().ram().begin() + 0x5E00));
}

TEST_F(CompanionInRam, 182GuardIsThereAfterTheNextReset) {
  auto board = std::make_unique<EmulatedBoard>(settings());
  board->load(image("guard-f411.elf"));
  board->load(image("blackpill-guarded.elf"));
  board_ = board.get();
  host_.add_board("1-1", std::move(board));
  ASSERT_TRUE(await_application());
  ASSERT_TRUE(run_in_ram().run.board);
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-ram"));
  ask("reset");
  wait(std::chrono::milliseconds(500));
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
}

TEST(EmulatedStm32bootRun, 182FromTheCommandLine) {
  support::TemporaryFolder folder;
  support::RunOptions options;
  options.stdin_text = "version\r";
  const auto done =
      support::run({EMULATED_STM32BOOT, "--virtual=" + (folder.path() / "board.img").string(),
                    "run", COMPANION_DIR "/blackpill-ram.elf", "--monitor"},
                   options);
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("loaded into RAM and verified: blackpill-ram.elf"));
  EXPECT_THAT(done.out, HasSubstr("stm32boot Black Pill 0.1.0-ram\r\n"));
}

}  // namespace
}  // namespace emulator
