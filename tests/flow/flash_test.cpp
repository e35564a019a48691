// SPDX-License-Identifier: GPL-3.0-or-later
// The whole of a flash, from the running application to the new one.
#include <tuple>

#include "support/bench.hpp"
#include "support/linked_program.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::BoardSettings;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kib = 1024;

class Flash : public support::Bench {
 protected:
  FlashResult flash_it(const Image& image, const FlashOptions& options = {}) {
    return flash(job(), {}, image, options);
  }
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
};

class FlashSize : public Flash, public testing::WithParamInterface<std::size_t> {};

TEST_P(FlashSize, IsFlashedVerifiedAndRuns) {
  add_board();
  const Image image = image_of(program(GetParam()));
  const FlashResult result = flash_it(image);
  EXPECT_TRUE(holds(board(), image));
  EXPECT_EQ(result.entered.outcome, Outcome::entered);
  EXPECT_EQ(result.bytes, GetParam());
  EXPECT_EQ(result.bytes_verified, GetParam());
  ASSERT_TRUE(result.run && result.run->board);
  EXPECT_EQ(result.run->board->mode, BoardMode::application);
  EXPECT_EQ(result.run->board->ports.front().path, "/dev/ttyACM0");
  EXPECT_NE(board().application(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Sizes, FlashSize,
                         testing::Values(16, 2047, 2048, 2049, 16 * kib, 20 * kib + 37,
                                         64 * kib + 1, 300 * kib, 512 * kib - 1, 512 * kib));

TEST_F(Flash, TellsEachStageOnce) {
  add_board();
  flash_it(image_of(program(20 * kib)));
  EXPECT_THAT(stages(), ElementsAre(Stage::find, Stage::enter, Stage::compare, Stage::erase,
                                    Stage::write, Stage::verify, Stage::commit, Stage::run));
}

TEST_F(Flash, ProgressNeverExceedsItsTotal) {
  add_board();
  flash_it(image_of(program(300 * kib)));
  std::uint64_t total = 0;
  for (const auto& event : events_) {
    const auto* progress = std::get_if<StageProgress>(&event);
    const auto* end = std::get_if<StageEnd>(&event);
    if (const auto* begin = std::get_if<StageBegin>(&event)) total = begin->total;
    EXPECT_LE(progress != nullptr ? progress->done : 0, total);
    EXPECT_EQ(end != nullptr ? end->done : total, total);
  }
}

TEST_F(Flash, NothingChangedMeansNothingWritten) {
  add_board();
  const Image image = image_of(program(300 * kib));
  flash_it(image);
  const FlashResult again = flash_it(image);
  EXPECT_EQ(again.sectors, 7U);
  EXPECT_EQ(again.sectors_erased, 0U);
  EXPECT_EQ(again.bytes_written, 0U);
  EXPECT_EQ(again.bytes_verified, 300 * kib) << "comparing is verifying";
  EXPECT_TRUE(again.run && again.run->board);
}

TEST_F(Flash, OnlyTheSectorThatChangedIsWritten) {
  add_board();
  Image image = image_of(program(300 * kib));
  flash_it(image);
  image.segments[0].data[20 * kib] ^= 0xFF;
  const FlashResult again = flash_it(image);
  EXPECT_EQ(again.sectors_erased, 1U);
  EXPECT_EQ(again.bytes_written, 16 * kib);
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(Flash, FullWritesEverything) {
  add_board();
  const Image image = image_of(program(64 * kib));
  flash_it(image);
  FlashOptions options;
  options.compare_first = false;
  const FlashResult again = flash_it(image, options);
  EXPECT_EQ(again.sectors_erased, 4U);
  EXPECT_EQ(again.bytes_verified, 64 * kib);
  EXPECT_THAT(stages(), Contains(Stage::compare).Times(1)) << "the first time only";
}

TEST_F(Flash, WithoutVerifyItIsNotCalledVerified) {
  add_board();
  FlashOptions options;
  options.verify = false;
  const FlashResult result = flash_it(image_of(program(20 * kib)), options);
  EXPECT_EQ(result.bytes_verified, 0U);
  EXPECT_THAT(stages(), Each(testing::Ne(Stage::verify)));
}

TEST_F(Flash, StayLeavesItInDfuMode) {
  add_board();
  FlashOptions options;
  options.stay = true;
  const FlashResult result = flash_it(image_of(program(20 * kib)), options);
  EXPECT_FALSE(result.run);
  EXPECT_NE(board().rom(), nullptr);
}

TEST_F(Flash, ABoardInDfuModeIsTakenAsItIs) {
  add_board(in_dfu_mode());
  const FlashResult result = flash_it(image_of(program(20 * kib)));
  EXPECT_EQ(result.entered.outcome, Outcome::already);
  EXPECT_TRUE(result.run->board);
}

TEST_F(Flash, SectorsThatTheImageDoesNotTouchStayAsTheyAre) {
  add_board();
  const Bytes settings = program(100, 9);
  board().flash().load(0x08060000, settings);
  flash_it(image_of(program(300 * kib)));
  EXPECT_TRUE(holds(board(), image_of(settings, 0x08060000)));
}

TEST_F(Flash, AnImageForHigherUpIsStartedThere) {
  add_board();
  const Image image = image_of(program(20 * kib, 1, 0x08008000), 0x08008000);
  const FlashResult result = flash_it(image);
  EXPECT_TRUE(holds(board(), image));
  EXPECT_TRUE(holds(board(), image_of(virtual_bench::stub_application())));
  EXPECT_TRUE(result.run->board);
}

TEST_F(Flash, SeveralImagesAreAllInFlashAndWhatIsBetweenThemStays) {
  add_board();
  board().flash().load(0x08003000, Bytes(16, 0x77));
  board().flash().load(0x0800C000, Bytes(16, 0x77));
  Image boot = image_of(program(kib));
  boot.name = "boot.bin";
  const Image app = support::LinkedProgram(0x08004000).at(0x08004000);
  Image data = image_of(Bytes(64, 0x41));
  data.segments.front().address = 0x0800C100;
  const Image whole = merge_images({data, app, boot});
  const FlashResult result = flash_it(whole);
  for (const Image& part : whole.parts) EXPECT_TRUE(holds(board(), part)) << part.name;
  EXPECT_EQ(result.bytes_verified, whole.size());
  EXPECT_EQ(result.sectors, 3U);
  EXPECT_EQ(board().flash().content()[0x3000], 0x77);
  EXPECT_EQ(board().flash().content()[0xC000], 0x77);
  EXPECT_NE(board().application(), nullptr);
}

TEST_F(Flash, TheFirstWordsAreWrittenLastOfAll) {
  add_board();
  bool bootable_early = false;
  on_event_ = [&](const Event& event) {
    const auto* progress = std::get_if<StageProgress>(&event);
    const bool before_commit = progress != nullptr && (progress->stage == Stage::write ||
                                                       progress->stage == Stage::verify);
    if (before_commit) bootable_early = bootable_early || board().boots();
  };
  flash_it(image_of(program(64 * kib)));
  EXPECT_FALSE(bootable_early);
  EXPECT_TRUE(board().boots());
}

TEST_F(Flash, RunningItMayFail) {
  BoardSettings settings;
  settings.application_start = seconds(3600);
  add_board(settings);
  const FlashResult result = flash_it(image_of(program(20 * kib)));
  ASSERT_TRUE(result.run);
  EXPECT_TRUE(result.run->left);
  EXPECT_FALSE(result.run->board);
  EXPECT_EQ(result.bytes_verified, 20 * kib) << "flashed and verified all the same";
  const auto problem = result.run->problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->code(), Errc::application_missing);
  EXPECT_THAT(problem->text(), HasSubstr("nothing came back within 10.0 s"));
}

TEST_F(Flash, RunsWithoutWaitingWhenAsked) {
  BoardSettings settings;
  settings.application_start = seconds(3600);
  add_board(settings);
  FlashOptions options;
  options.run.wait = false;
  const FlashResult result = flash_it(image_of(program(20 * kib)), options);
  EXPECT_EQ(result.run->problem(), std::nullopt);
  EXPECT_LT(result.took, seconds(5));
}

TEST_F(Flash, ABootloaderThatComesBackIsNoApplication) {
  add_board(in_dfu_mode());
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::run) return;
    const TimePoint reset = host_.now() + std::chrono::milliseconds(100);
    host_.at(reset, [this, reset] { board().plug_in(reset, true); });
  };
  const FlashResult result = flash_it(image_of(program(64)), {});
  EXPECT_THAT(result.run->problem()->text(), HasSubstr("the bootloader came back"));
}

TEST_F(Flash, RomsThatAreGoneBeforeTheyAnswerTheLeave) {
  BoardSettings settings;
  settings.rom.leaves_without_status = true;
  add_board(settings);
  const FlashResult result = flash_it(image_of(program(20 * kib)));
  EXPECT_TRUE(result.run->board);
  EXPECT_EQ(result.restarts, 0);
}

// What must be refused before anything is changed; the application is running afterwards as before.
class Refused : public Flash {
 protected:
  void SetUp() override {
    add_board();
    before_.assign(board().flash().content().begin(), board().flash().content().end());
  }
  void TearDown() override {
    EXPECT_TRUE(std::equal(before_.begin(), before_.end(), board().flash().content().begin()))
        << "the flash was changed";
    EXPECT_NE(board().application(), nullptr) << "it stays in DFU mode";
    Flash::TearDown();
  }
  Bytes before_;
};

TEST_F(Refused, NoProgramLeavesTheBoardRunning) {
  EXPECT_ERROR(flash_it(image_of(Bytes(4096, 0x41))), Errc::bad_image,
               AllOf(HasSubstr("app.bin: this is no STM32 program"), HasSubstr("0x41414141")));
  EXPECT_EQ(board().generation(), 1U) << "it has not even been rebooted";
}

TEST_F(Refused, C1LinkedForAnotherAddressThanItGoesTo) {
  const support::LinkedProgram app(0x08004000);
  EXPECT_ERROR(flash_it(app.at(0x08000000)), Errc::linked_elsewhere,
               HasSubstr("app.bin: looks linked for 0x08004000, but goes to 0x08000000"));
  EXPECT_EQ(board().generation(), 1U) << "it has not even been rebooted";
  EXPECT_ERROR(dry_run(job(), {}, app.at(0x08000000), {}), Errc::linked_elsewhere, HasSubstr(""));
  Image hex = app.at(0x08008000);
  hex.format = "hex";
  EXPECT_ERROR(flash_it(hex), Errc::linked_elsewhere,
               HasSubstr("looks linked for 0x08004000, but its addresses begin at 0x08008000"));
}

TEST_F(Refused, TheOneOfSeveralThatIsForAChipWithMoreRam) {
  const support::LinkedProgram boot(0x08000000);
  support::LinkedProgram app(0x08004000);
  const auto both = [&] {
    Image low = boot.at(0x08000000);
    low.name = "boot.bin";
    return merge_images({low, app.at(0x08004000)});
  };
  app.word(0, 0x20030000);
  EXPECT_ERROR(flash_it(both()), Errc::made_for_another,
               HasSubstr("is for another chip: app.bin: its first word 0x20030000"));
}

TEST_F(Refused, C2ForAChipWithMoreRam) {
  for (const std::uint32_t sp : {0x24080000U, 0x20030000U, 0x10010000U}) {
    support::LinkedProgram app(0x08000000);
    app.word(0, sp);
    EXPECT_ERROR(flash_it(app.at(0x08000000)), Errc::made_for_another,
                 AllOf(HasSubstr("board 1-1: app.bin is for another chip: its first word"),
                       HasSubstr(hex32(sp) + ", the initial stack pointer, is not in the RAM of "
                                             "STM32F411xE (bootloader id 0xD0): "
                                             "0x20000000-0x2001FFFF")));
  }
}

TEST_F(Refused, TooLarge) {
  EXPECT_ERROR(flash_it(image_of(program(512 * kib + 1))), Errc::image_does_not_fit,
               AllOf(HasSubstr("board 1-1"), HasSubstr("1 byte past the end")));
}

TEST_F(Refused, OutsideTheMemory) {
  EXPECT_ERROR(flash_it(image_of(program(64, 1, 0x08100000), 0x08100000)), Errc::image_does_not_fit,
               HasSubstr("outside Internal Flash (0x08000000-0x0807FFFF)"));
}

TEST_F(Refused, InsideTheOptionBytes) {
  FlashOptions options;
  options.force = true;
  EXPECT_ERROR(flash_it(image_of(Bytes(16, 0xAA), 0x1FFFC000), options), Errc::image_does_not_fit,
               HasSubstr("0x1FFFC000 is option bytes (STM32F2, F4), no internal flash"));
  EXPECT_EQ(board().generation(), 1U) << "it has not even been rebooted";
}

// Sound as far as its words go; the four addresses.
TEST_F(Refused, B4WhatFitsNoFlashLeavesTheBoardRunning) {
  for (const std::uint32_t address : {0U, 0x10000000U, 0x20000000U, 0x90000000U}) {
    const Image image = image_of(program(64, 1, address), address);
    EXPECT_ERROR(
        flash_it(image), Errc::image_does_not_fit,
        AllOf(HasSubstr("app.bin"), HasSubstr(hex32(address)), HasSubstr("no internal flash")));
    EXPECT_ERROR(dry_run(job(), {}, image, {}), Errc::image_does_not_fit,
                 HasSubstr("no internal flash"));
  }
  EXPECT_EQ(board().generation(), 1U) << "it has not even been rebooted";
}

// MCUboot's header, and a vector table behind it.
Bytes mcuboot_image(std::uint32_t slot) {
  Bytes image = {0x3D, 0xB8, 0xF3, 0x96, 0, 0, 0, 0, 0x00, 0x02};
  image.resize(0x200);
  const Bytes inner = program(64, 1, slot + 0x200);
  image.insert(image.end(), inner.begin(), inner.end());
  return image;
}

TEST_F(Refused, C5AnMcubootImageWhereTheChipStarts) {
  EXPECT_ERROR(flash_it(image_of(mcuboot_image(flash_base))), Errc::bad_image,
               HasSubstr("this is an MCUboot image, which the chip does not start"));
  EXPECT_EQ(board().generation(), 1U);
}

TEST_F(Flash, C5AnMcubootImageInItsSlotIsFlashed) {
  add_board();
  FlashOptions options;
  options.stay = true;
  const Image image = image_of(mcuboot_image(0x08020000), 0x08020000);
  flash_it(image, options);
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(Refused, C5FirmwareOfTheWirelessCoprocessor) {
  Bytes content(1000, 0x5B);
  const Bytes footer = {0x40, 0x57, 0xFF, 0xFF, 0x45, 0x00, 0x11, 0x22, 0x5E, 0x2C, 0xA1, 0xD3};
  content.insert(content.end(), footer.begin(), footer.end());
  EXPECT_ERROR(flash_it(image_of(content)), Errc::bad_image,
               HasSubstr("wireless coprocessor of an STM32WB"));
  EXPECT_EQ(board().generation(), 1U);
}

// The refusal is what the user has to know.
TEST_F(Flash, ARefusedBoardWhoseApplicationDoesNotComeBack) {
  add_board().settings().application_start = std::chrono::hours(1);
  EXPECT_ERROR(flash_it(image_of(program(512 * kib + 1))), Errc::image_does_not_fit,
               HasSubstr("1 byte past the end"));
}

TEST_F(Flash, ARefusedBoardThatIsUnplugged) {
  add_board();
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::run) board().unplug(host_.now());
  };
  EXPECT_ERROR(flash_it(image_of(program(512 * kib + 1))), Errc::image_does_not_fit,
               HasSubstr("1 byte past the end"));
  EXPECT_THAT(notes(Note::Level::warning),
              ElementsAre(HasSubstr("starting its application again: ")));
}

TEST_F(Flash, WhatIsRefusedInDfuModeStaysThere) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings);
  EXPECT_ERROR(flash_it(image_of(program(512 * kib + 1))), Errc::image_does_not_fit, HasSubstr(""));
  EXPECT_NE(board().rom(), nullptr);
}

TEST_F(Flash, WhatIsRefusedWithStayStaysInDfuMode) {
  add_board();
  FlashOptions options;
  options.stay = true;
  EXPECT_ERROR(flash_it(image_of(program(512 * kib + 1)), options), Errc::image_does_not_fit,
               HasSubstr(""));
  EXPECT_NE(board().rom(), nullptr);
}

TEST_F(Flash, C1WhatGoesWhereItIsLinkedForIsNotDoubted) {
  add_board();
  EXPECT_NO_THROW(flash_it(support::LinkedProgram(0x08000000).at(0x08000000)));
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(Flash, C2ForcedAnywayAndOnAnyChip) {
  add_board();
  FlashOptions options;
  options.force = true;
  EXPECT_NO_THROW(flash_it(support::LinkedProgram(0x08004000).at(0x08000000), options));
  support::LinkedProgram other(0x08000000);
  other.word(0, 0x24080000);
  EXPECT_NO_THROW(flash_it(other.at(0x08000000), options));
}

// Another maker's chip shows ST's layout, and an unknown chip may have any RAM.
TEST_F(Flash, C2OnlyKnownChipsOfStHaveKnownRam) {
  support::LinkedProgram app(0x08000000);
  app.word(0, 0x20070000);
  BoardSettings clone;
  clone.rom.vendor = 0x28E9;
  clone.rom.product_id = 0x0189;
  add_board(clone);
  EXPECT_NO_THROW(flash_it(app.at(0x08000000)));
}

TEST_F(Flash, C2InDfuModeADryRunRefusesItToo) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings);
  support::LinkedProgram app(0x08000000);
  EXPECT_NO_THROW(dry_run(job(), {}, app.at(0x08000000), {}));
  app.word(0, 0x24080000);
  EXPECT_ERROR(dry_run(job(), {}, app.at(0x08000000), {}), Errc::made_for_another,
               HasSubstr("RAM"));
}

TEST_F(Flash, ForceFlashesWhatIsNoProgram) {
  add_board();
  FlashOptions options;
  options.force = true;
  options.stay = true;
  const Image image = image_of(Bytes(1000, 0x41));
  flash_it(image, options);
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(Flash, ReadProtectionIsNamed) {
  BoardSettings settings;
  settings.rom.read_protected = true;
  settings.rom.leaves_when_protected = true;
  add_board(settings);
  EXPECT_ERROR(flash_it(image_of(program(64))), Errc::read_protected, HasSubstr("errVENDOR"));
  EXPECT_NE(board().application(), nullptr) << "it runs as before";
}

TEST_F(Flash, AWriteProtectedSectorIsFoundByReadingBack) {
  add_board();
  const Image image = image_of(program(20 * kib));
  board().flash().write_protect(0x08004000);
  EXPECT_ERROR(flash_it(image), Errc::mismatch,
               AllOf(HasSubstr("differs from the image at 0x08004"), HasSubstr("expected"),
                     HasSubstr("observed ff ff ff")));
  EXPECT_FALSE(board().boots()) << "its first words have not been written";
}

TEST_F(Flash, MismatchShowsTheFirstDifferentBytes) {
  add_board();
  Image image = image_of(program(20 * kib));
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::verify) return;
    board().flash().load(0x08000900,
                         Bytes{static_cast<std::uint8_t>(~image.segments[0].data[0x900])});
  };
  EXPECT_ERROR(flash_it(image), Errc::mismatch, HasSubstr("at 0x08000900\n  expected "));
}

TEST_F(Flash, CtrlCStopsBetweenBlocksAndTheNextRunFinishes) {
  add_board();
  const Image image = image_of(program(300 * kib));
  on_event_ = [&](const Event& event) {
    const auto* progress = std::get_if<StageProgress>(&event);
    if (progress != nullptr && progress->stage == Stage::write && progress->done > 200 * kib)
      stop_ = true;
  };
  EXPECT_ERROR(flash_it(image), Errc::interrupted, HasSubstr("board 1-1"));
  ASSERT_NE(board().rom(), nullptr) << "still in DFU mode";
  EXPECT_FALSE(board().boots());
  stop_ = false;
  on_event_ = {};
  const FlashResult result = flash_it(image);
  EXPECT_EQ(result.entered.outcome, Outcome::already);
  EXPECT_LT(result.sectors_erased, 7U) << "what was right already is left alone";
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(Flash, TheSameCommandFindsItsBoardAgainByThePortItHad) {
  add_board();
  const Selector by_port{"/dev/ttyACM0", "", ""};
  on_event_ = [&](const Event& event) {
    if (std::holds_alternative<StageProgress>(event)) stop_ = true;
  };
  const Image image = image_of(program(64 * kib));
  EXPECT_ERROR(flash(job(), by_port, image, {}), Errc::interrupted, HasSubstr("stopped"));
  stop_ = false;
  on_event_ = {};
  EXPECT_TRUE(flash(job(), by_port, image, {}).run->board);
  EXPECT_THAT(host_.reboots(), IsEmpty()) << "back in its application";
}

TEST_F(Flash, TwoBoardsOneAfterTheOther) {
  add_board({}, "1-1");
  BoardSettings second;
  second.unique_id[0] = 1;
  add_board(second, "1-2");
  const Image a = image_of(program(20 * kib, 1));
  const Image b = image_of(program(20 * kib, 2));
  std::ignore = flash(job(), {"", "1-1", ""}, a, {});
  std::ignore = flash(job(), {"", "1-2", ""}, b, {});
  EXPECT_TRUE(holds(host_.board("1-1"), a));
  EXPECT_TRUE(holds(host_.board("1-2"), b));
}

TEST_F(Flash, DryRunVisitsARunningBoard) {
  add_board();
  const Image image = image_of(program(20 * kib));
  std::ignore = flash(job(), {}, image, {});
  Image other = image;
  other.segments.front().data.back() ^= 1;
  const DryRun plan = dry_run(job(), {}, other, {});
  EXPECT_FALSE(plan.layout_assumed);
  EXPECT_EQ(plan.erase.size(), 1U) << "the other one matches";
  ASSERT_TRUE(plan.visit && plan.visit->run);
  EXPECT_FALSE(plan.visit->problem());
  EXPECT_NE(board().application(), nullptr);
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(Flash, DryRunLeavesARunningBoardAloneIfItIsToldTo) {
  add_board();
  FlashOptions options;
  options.enter.may_reboot = false;
  const DryRun plan = dry_run(job(), {}, image_of(program(20 * kib)), options);
  EXPECT_TRUE(plan.layout_assumed);
  EXPECT_FALSE(plan.visit);
  EXPECT_EQ(plan.erase.size(), 2U);
  EXPECT_EQ(board().generation(), 1U);
  EXPECT_EQ(host_.control_transfers, 0U);
}

TEST_F(Flash, DryRunComparesInDfuMode) {
  add_board(in_dfu_mode());
  const Image image = image_of(program(20 * kib));
  board().flash().load(0x08000000, ByteView(image.segments[0].data).first(16 * kib));
  const DryRun plan = dry_run(job(), {}, image, {});
  EXPECT_FALSE(plan.layout_assumed);
  EXPECT_TRUE(plan.compared);
  EXPECT_EQ(plan.touched.size(), 2U);
  ASSERT_EQ(plan.erase.size(), 1U);
  EXPECT_EQ(plan.erase[0].address, 0x08004000U);
  EXPECT_EQ(plan.write_bytes, 4 * kib);
  EXPECT_NE(board().rom(), nullptr);
}

TEST_F(Flash, OnlyABoardInDfuModeIfItIsToldSo) {
  add_board();
  FlashOptions options;
  options.enter.may_reboot = false;
  EXPECT_ERROR(flash(job(), {}, image_of(program(20 * kib)), options), Errc::not_in_dfu_mode,
               HasSubstr("board 1-1: it runs its application, and is not to be rebooted"));
  EXPECT_EQ(board().generation(), 1U);
}

TEST_F(Flash, DryRunWorksWithoutABoard) {
  const DryRun plan = dry_run(job(), {}, image_of(program(300 * kib)), {});
  EXPECT_FALSE(plan.board);
  EXPECT_EQ(plan.touched.size(), 7U);
  EXPECT_ERROR(dry_run(job(), {"", "9-9", ""}, image_of(program(64)), {}), Errc::no_board,
               HasSubstr("9-9"));
}

}  // namespace
}  // namespace sysboot
