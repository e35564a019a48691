// SPDX-License-Identifier: GPL-3.0-or-later
// Flashing without erasing what reads erased.
#include <tuple>

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kib = 1024;

class SkipBlank : public support::Bench {
 protected:
  void plug_in(BoardSettings settings = {}) {
    settings.starts_in_rom = true;
    add_board(settings);
    board().flash().erase_all();
  }
  static FlashOptions skipping() {
    FlashOptions options;
    options.skip_blank = true;
    options.stay = true;
    return options;
  }
  FlashResult flash_it() { return flash(job(), {}, image_, skipping()); }
  support::VirtualBoard& board() { return host_.board("1-1"); }

  const Image image_ = image_of(program(100 * kib, 1));
};

TEST_F(SkipBlank, NothingIsErasedOfAChipThatIsNew) {
  plug_in();
  const FlashResult result = flash_it();
  EXPECT_EQ(result.sectors_erased, 0U);
  EXPECT_EQ(result.sectors_blank, 5U) << "4 of 16 KiB and one of 64";
  EXPECT_EQ(result.bytes_verified, image_.size());
  EXPECT_EQ(board().rom()->counts().erases, 0U);
  EXPECT_TRUE(holds(board(), image_));
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
  EXPECT_FALSE(result.has_changed_nothing());
  EXPECT_TRUE(flash_it().has_changed_nothing()) << "it is there now";
}

TEST_F(SkipBlank, WhatIsNotBlankIsErased) {
  plug_in();
  board().flash().load(flash_base + 0x8000 - 1, Bytes{0xFE});  // the last byte of the second sector
  const FlashResult result = flash_it();
  EXPECT_EQ(result.sectors_erased, 1U);
  EXPECT_EQ(result.sectors_blank, 4U);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(SkipBlank, IsNotTheDefault) {
  plug_in();
  FlashOptions options = skipping();
  options.skip_blank = false;
  const FlashResult result = flash(job(), {}, image_, options);
  EXPECT_EQ(result.sectors_erased, 5U);
  EXPECT_EQ(result.sectors_blank, 0U);
}

// A write that does not come out right: what read erased was not.
TEST_F(SkipBlank, WhatDoesNotTakeAWriteIsErasedAfterAll) {
  plug_in();
  on_event_ = [&, done = false](const Event& event) mutable {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (done || begin == nullptr || begin->stage != Stage::verify) return;
    board().flash().load(flash_base + 0x5000, Bytes{0x00});
    done = true;
  };
  const FlashResult result = flash_it();
  EXPECT_EQ(result.sectors_erased, 5U);
  EXPECT_EQ(result.sectors_blank, 0U);
  EXPECT_TRUE(holds(board(), image_));
  const auto warnings = notes(Note::Level::warning);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings.front(), HasSubstr("was not erased, because it matched or read erased"));
}

TEST_F(SkipBlank, BrokenOffItGoesOn) {
  BoardSettings settings;
  settings.faults = {{Fault::Action::io_error, Fault::Point::write, 20}};
  plug_in(settings);
  const FlashResult result = flash_it();
  EXPECT_EQ(result.restarts, 1);
  EXPECT_EQ(result.sectors_erased, 2U) << "the first, without its first words, and the half one";
  EXPECT_EQ(result.sectors_blank, 3U);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(SkipBlank, IsRefusedWhereFlashHasErrorCorrection) {
  BoardSettings settings;
  settings.rom = virtual_bench::rom_of("stm32g474");
  plug_in(settings);
  EXPECT_ERROR(flash_it(), Errc::usage, HasSubstr("error correction"));
  EXPECT_ERROR(dry_run(job(), {}, image_, skipping()), Errc::usage, HasSubstr("error correction"));
  EXPECT_EQ(board().rom()->counts().writes, 0U);
}

TEST_F(SkipBlank, HasNoEffectUnderGuard) {
  BoardSettings settings;
  settings.guarded = true;
  settings.starts_in_rom = true;
  add_board(settings);
  const Image image = image_of(program(100 * kib, 1, 0x08004000), 0x08004000);
  const FlashResult result = flash(job(), {}, image, skipping());
  EXPECT_EQ(result.sectors_blank, 0U);
  EXPECT_GT(result.sectors_erased, 1U);
}

TEST_F(SkipBlank, ADryRunKnows) {
  plug_in();
  EXPECT_THAT(dry_run(job(), {}, image_, skipping()).erase, IsEmpty());
  board().flash().load(flash_base, Bytes{0});
  EXPECT_THAT(dry_run(job(), {}, image_, skipping()).erase, SizeIs(1));
}

TEST_F(SkipBlank, ContradictsErasingEverything) {
  plug_in();
  FlashOptions options = skipping();
  options.compare_first = false;
  EXPECT_ERROR(flash(job(), {}, image_, options), Errc::usage, HasSubstr("every sector"));
}

}  // namespace
}  // namespace sysboot
