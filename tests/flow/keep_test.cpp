// SPDX-License-Identifier: GPL-3.0-or-later
// What is in the sectors that an image touches, and is not the image's.
#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

constexpr std::size_t kib = 1024;
constexpr std::uint32_t above = 0x08002000;  // in the first sector

class Keep : public support::Bench {
 protected:
  void add_it(std::vector<Fault> faults = {}) {
    BoardSettings settings;
    settings.starts_in_rom = true;
    settings.faults = std::move(faults);
    add_board(settings);
    load(bootloader);
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
  void load(const Image& content) {
    for (const auto& segment : content.segments)
      board().flash().load(segment.address, segment.data);
  }
  FlashResult flash_it(const Image& wanted, FlashOptions options = {}) {
    options.stay = true;
    return flash(job(), {}, wanted, options);
  }
  bool has(const Image& content) { return holds(board(), content); }

  const Image bootloader = image_of(program(0x2000, 5));
  const Image image = image_of(program(30 * kib, 1, above), above);
};

TEST_F(Keep, C4ABootloaderBelowTheImage) {
  add_it();
  const FlashResult result = flash_it(image);
  EXPECT_TRUE(has(image));
  EXPECT_TRUE(has(bootloader));
  EXPECT_EQ(result.bytes_verified, 30 * kib) << "of the image";
}

TEST_F(Keep, C4WithFull) {
  add_it();
  FlashOptions options;
  options.compare_first = false;
  for (const bool verify : {true, false}) {
    options.verify = verify;
    flash_it(image, options);
    EXPECT_TRUE(has(image));
    EXPECT_TRUE(has(bootloader));
  }
}

TEST_F(Keep, C4BetweenPartsAndInFrontOfThem) {
  add_it();
  const Image others = {"",
                        "",
                        {{0x08000300, program(0x100, 7)},   // in a sector, between two parts
                         {0x08003000, program(0x1000, 8)},  // at its end: one more follows
                         {0x08010000, program(0x80, 9)}},   // in front of the last part
                        {}};
  load(others);
  const Image parts = {"app.hex",
                       "hex",
                       {{0x08000000, program(0x300)},
                        {0x08000400, program(0x2000, 2)},
                        {0x08010080, program(0x100, 3)}},
                       {}};
  flash_it(parts);
  EXPECT_TRUE(has(parts));
  EXPECT_TRUE(has(others));
}

// It is no difference that somebody else's bytes are there.
TEST_F(Keep, C4AnUnchangedImageIsLeftAlone) {
  add_it();
  flash_it(image);
  board().flash().load(0x08000500, Bytes{0x12, 0x34});
  EXPECT_EQ(flash_it(image).sectors_erased, 0U);
}

TEST_F(Keep, C4TheTailGoesAndIsNamed) {
  add_it();
  const std::uint32_t end = above + 30 * kib;  // the image's
  board().flash().load(end + 0x10, Bytes(0x20, 0x77));
  FlashOptions options;
  options.name_lost = true;
  EXPECT_THAT(flash_it(image, options).lost, Optional(ElementsAre(FlashRange{end + 0x10, 0x20})));
  EXPECT_THAT(notes(Note::Level::debug),
              Contains(HasSubstr("0x08009810-0x0800982F, 32 bytes behind the image, are lost")));
  EXPECT_EQ(board().flash().read(end + 0x10, 1)[0], 0xFF);
}

TEST_F(Keep, C4NothingIsSaidOfABlankTailNorOfOneThatStays) {
  add_it();
  FlashOptions options;
  options.name_lost = true;
  EXPECT_THAT(flash_it(image, options).lost, Optional(IsEmpty()));
  board().flash().load(above + 30 * kib, Bytes(8, 0x77));
  Image changed = image;
  changed.segments[0].data[100] ^= 0xFF;  // in the first sector, not in the last one
  EXPECT_THAT(flash_it(changed, options).lost, Optional(IsEmpty()));
  EXPECT_EQ(board().flash().read(above + 30 * kib, 1)[0], 0x77);
  for (const auto& note : notes(Note::Level::debug))
    EXPECT_THAT(note, testing::Not(HasSubstr("lost")));
}

TEST_F(Keep, C4TheTailIsKeptOnRequest) {
  add_it();
  const Image tail = image_of(program(0x100, 4), above + 30 * kib + 3);
  load(tail);
  FlashOptions options;
  options.keep = true;
  options.name_lost = true;
  EXPECT_THAT(flash_it(image, options).lost, Optional(IsEmpty()));
  EXPECT_TRUE(has(image));
  EXPECT_TRUE(has(tail));
}

// The bootloader does not start before it is whole, and the image not before all is.
TEST_F(Keep, C4ABrokenOffFlashLeavesTheBootloaderWholeOrBlank) {
  add_it();
  std::size_t whole = 0;
  std::size_t blank = 0;
  on_event_ = [&](const Event& event) {
    const auto* progress = std::get_if<StageProgress>(&event);
    if (progress == nullptr || progress->stage != Stage::write) return;
    EXPECT_FALSE(virtual_bench::boots(board().flash(), above)) << "the image looks whole";
    (has(bootloader) ? whole : blank) += 1;
    EXPECT_EQ(board().boots(), has(bootloader));
  };
  flash_it(image);
  EXPECT_GT(whole, 5U) << "nearly all of the time";
  EXPECT_GT(blank, 0U);
  EXPECT_LT(blank, 8U);
}

TEST_F(Keep, C4CtrlCWaitsUntilNothingIsOnlyInMemory) {
  add_it();
  on_event_ = [&](const Event& event) {
    const auto* progress = std::get_if<StageProgress>(&event);
    stop_ = stop_ ||
            (progress != nullptr && progress->stage == Stage::erase && progress->done == 48 * kib);
  };
  EXPECT_ERROR(flash_it(image), Errc::interrupted,
               testing::ResultOf([](const std::string& text) { return text.find("kept"); },
                                 std::string::npos));
  EXPECT_TRUE(has(bootloader));
  EXPECT_FALSE(has(image));
}

TEST_F(Keep, C4WhatIsLostForGoodIsSaid) {
  add_it({{Fault::Action::unplug, Fault::Point::write, 2}});
  EXPECT_ERROR(flash_it(image), Errc::board_gone,
               HasSubstr("beside the image, and to be kept, but erased and not written back: 8192 "
                         "bytes, first 0x08000000-0x08001FFF, 8192 bytes"));
}

TEST_F(Keep, C4NothingIsLostWhereNothingWasErased) {
  add_it({{Fault::Action::unplug, Fault::Point::erase, 1}});
  load(image_of(Bytes(0x2000, 0xFF)));
  EXPECT_ERROR(flash_it(image), Errc::board_gone,
               testing::ResultOf([](const std::string& text) { return text.find("kept"); },
                                 std::string::npos));
}

class KeepInARestart : public Keep, public testing::WithParamInterface<unsigned> {};

// It is never read again once anything was erased.
TEST_P(KeepInARestart, C4WhatWasThereBeforeTheFirstEraseIsPutBack) {
  add_it({{Fault::Action::io_error, Fault::Point::write, GetParam()}});
  EXPECT_EQ(flash_it(image).restarts, 1);
  EXPECT_TRUE(has(image));
  EXPECT_TRUE(has(bootloader));
}

INSTANTIATE_TEST_SUITE_P(AtBlock, KeepInARestart, testing::Values(1, 2, 3, 4, 5, 6, 12));

// A wrong bit would be written back, and be found right.
TEST_F(Keep, C4WhatReadsDifferentlyTheSecondTimeIsReadAgain) {
  add_it();
  Bytes changed = bootloader.segments[0].data;
  changed[0x1234] ^= 0x10;
  board().flash().load(0x08000000, changed);
  bool compared = false;
  std::size_t reads = 0;
  on_event_ = [&](const Event& event) {
    const auto* end = std::get_if<StageEnd>(&event);
    compared = compared || (end != nullptr && end->stage == Stage::compare);
    const auto* transfer = std::get_if<Transfer>(&event);
    const bool is_read = transfer != nullptr && transfer->setup.request == 2;
    if (compared && is_read && ++reads == 4) load(bootloader);  // all of it was read once
  };
  EXPECT_EQ(flash_it(image).restarts, 1);
  EXPECT_THAT(notes(Note::Level::warning),
              ElementsAre(AllOf(HasSubstr("read differently the second time, at 0x08001234"),
                                HasSubstr("trying again"))));
  EXPECT_TRUE(has(bootloader));
}

class Unreadable : public Keep {
 protected:
  void SetUp() override {
    BoardSettings settings;
    Bytes configuration = virtual_bench::Rom(settings.rom, flash_).descriptors().configuration;
    configuration[configuration.size() - 7] = 0x09;  // bmAttributes without bitCanUpload
    settings.rom.raw_configuration = configuration;
    add_board(settings);
    load(bootloader);
    options_.compare_first = false;
    options_.verify = false;
  }
  virtual_bench::FlashMemory flash_{parse_layout(virtual_bench::RomSettings().alternates.front())};
  FlashOptions options_;
};

TEST_F(Unreadable, C4IsRefusedBeforeAnythingIsErased) {
  EXPECT_ERROR(flash(job(), {}, image, options_), Errc::image_does_not_fit,
               AllOf(HasSubstr("app.bin leaves free"), HasSubstr("0x08000000-0x08001FFF"),
                     HasSubstr("does not let its flash be read")));
  EXPECT_TRUE(has(bootloader));
  EXPECT_NE(board().application(), nullptr) << "it runs as before";
}

TEST_F(Unreadable, C4ForceFlashesAndSaysWhatItCosts) {
  options_.force = true;
  options_.name_lost = true;
  EXPECT_EQ(flash_it(image, options_).lost, std::nullopt) << "nobody knows";
  EXPECT_TRUE(has(image));
  EXPECT_THAT(notes(Note::Level::warning), ElementsAre(HasSubstr("cannot be kept")));
}

TEST_F(Unreadable, C4AnImageThatLeavesNothingFreeIsFine) {
  flash_it(image_of(program(20 * kib)), options_);
  EXPECT_TRUE(has(image_of(program(20 * kib))));
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(Keep, C4DryRunSaysWhatGoes) {
  add_it();
  const std::uint32_t end = above + 30 * kib;
  board().flash().load(end + 0x10, Bytes(0x20, 0x77));
  const DryRun plan = dry_run(job(), {}, image, {});
  EXPECT_THAT(plan.lost, Optional(ElementsAre(FlashRange{end + 0x10, 0x20})));
  ASSERT_EQ(plan.erase.size(), 3U);
  EXPECT_EQ(plan.erase.front().address, 0x08000000U) << "in order of address";
  EXPECT_EQ(plan.write_bytes, 38 * kib) << "with the bootloader";
  EXPECT_TRUE(has(bootloader));
  FlashOptions options;
  options.keep = true;
  EXPECT_THAT(dry_run(job(), {}, image, options).lost, Optional(IsEmpty()));
}

TEST_F(Keep, C4DryRunOfABoardThatIsNotAskedDoesNotKnowWhatGoes) {
  add_board();
  FlashOptions options;
  options.enter.may_reboot = false;
  EXPECT_EQ(dry_run(job(), {}, image, options).lost, std::nullopt);
}

}  // namespace
}  // namespace sysboot
