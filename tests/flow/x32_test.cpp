// SPDX-License-Identifier: GPL-3.0-or-later
// Erasing and programming 32 bits at a time: how much faster, and when not.
#include <tuple>

#include "support/bench.hpp"
#include "support/mishap.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using std::chrono::seconds;
using support::BoardSettings;
using support::image_of;
using support::MishapHost;
using support::program;
using support::Wrong;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::size_t kib = 1024;

class X32 : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  static FlashOptions with_x32() {
    FlashOptions options;
    options.x32 = true;
    options.stay = true;
    return options;
  }
  static EraseOptions erase_with_x32() {
    EraseOptions options;
    options.x32 = true;
    return options;
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
  unsigned changes() { return board().rom()->counts().erases + board().rom()->counts().writes; }
  FlashResult flash_it() { return flash(job(), {}, image_, with_x32()); }
  /// How long it takes to erase a sector of 16 KiB without x32.
  Duration plain_erase() {
    EraseResult result = erase(job(), {}, EraseSectors{{{3, 3}}}, {});
    return result.took;
  }

  const Image image_ = image_of(program(20 * kib + 6));
};

TEST_F(X32, FlashesAndProvesIt) {
  add_board();
  FlashOptions options = with_x32();
  options.stay = false;
  const FlashResult result = flash(job(), {}, image_, options);
  EXPECT_TRUE(holds(board(), image_));
  EXPECT_EQ(result.bytes_verified, image_.size());
  EXPECT_TRUE(result.run && result.run->board);
}

TEST_F(X32, AnyFirstAddress) {
  add_board(in_dfu_mode());
  FlashOptions options = with_x32();
  options.force = true;
  for (const std::uint32_t start : {0x08000001U, 0x08003FFEU, 0x0800C7F9U}) {
    const Image image = image_of(program(3000), start);
    std::ignore = flash(job(), {}, image, options);
    EXPECT_TRUE(holds(board(), image)) << hex32(start);
  }
}

TEST_F(X32, ErasesEverythingInHalfTheTime) {
  add_board(in_dfu_mode());
  board().flash().load(0x08000000, program(512 * kib));
  const TimePoint start = host_.now();
  const EraseResult result = erase(job(), {}, EraseAll{}, erase_with_x32());
  EXPECT_THAT(board().flash().content(), Each(0xFF));
  EXPECT_EQ(result.bytes, 512 * kib);
  EXPECT_LT(host_.now() - start, seconds(4) + seconds(1)) << "8 s otherwise, and reading";
}

TEST_F(X32, IsTakenBackAfterwards) {
  add_board(in_dfu_mode());
  flash_it();
  EXPECT_GE(plain_erase(), std::chrono::milliseconds(400));
  std::ignore = erase(job(), {}, EraseSectors{{{3, 3}}}, erase_with_x32());
  EXPECT_GE(plain_erase(), std::chrono::milliseconds(400));
}

TEST_F(X32, IsTakenBackWhenTheWorkFails) {
  add_board(in_dfu_mode());
  board().flash().write_protect(0x08004000);
  EXPECT_ERROR(flash_it(), Errc::mismatch, HasSubstr("0x08004000"));
  EXPECT_GE(plain_erase(), std::chrono::milliseconds(400));
  on_event_ = [this](const Event& event) {
    if (std::holds_alternative<StageProgress>(event)) stop_ = true;
  };
  EXPECT_ERROR(erase(job(), {}, EraseSectors{{{2, 3}}}, erase_with_x32()), Errc::interrupted,
               HasSubstr(""));
  on_event_ = nullptr;
  stop_ = false;
  EXPECT_GE(plain_erase(), std::chrono::milliseconds(400));
}

TEST_F(X32, TooLowASupplyShowsWhenItIsReadBack) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.supply_mv = 2500;
  add_board(settings);
  allow_violations_ = true;
  EXPECT_ERROR(flash_it(), Errc::mismatch,
               AllOf(HasSubstr("flash differs from the image at 0x080000"),
                     HasSubstr("written 32 bits at a time, which takes a supply of 2.7 V")));
  EXPECT_THAT(host_.violations(), Contains(HasSubstr("4 bytes at a time with 2500 mV")));
}

TEST_F(X32, NothingIsChangedWhereTheRomOffersNoSetting) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates.pop_back();
  add_board(settings);
  EXPECT_ERROR(flash_it(), Errc::usage, HasSubstr("it offers no memory at 0xFFFF0000"));
  EXPECT_ERROR(erase(job(), {}, EraseAll{}, erase_with_x32()), Errc::usage,
               HasSubstr("cannot be told to program 32 bits at a time"));
  EXPECT_ERROR(dry_run(job(), {}, image_, with_x32()), Errc::usage, HasSubstr("0xFFFF0000"));
  EXPECT_EQ(changes(), 0U);
}

TEST_F(X32, AnAlternateSettingWhoseNameIsBrokenIsTold) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates.back() = "@Device Fea";
  add_board(settings);
  EXPECT_ERROR(flash_it(), Errc::protocol,
               AllOf(HasSubstr("offers no memory at 0xFFFF0000; of one that it offers, "),
                     HasSubstr("@Device Fea")));
  EXPECT_EQ(changes(), 0U);
}

// An L452 has a memory of that name, too; AN2606 gives it no meaning.
TEST_F(X32, NothingIsChangedOnOtherLines) {
  BoardSettings settings = in_dfu_mode();
  settings.rom = virtual_bench::rom_of("stm32l452");
  add_board(settings);
  EXPECT_ERROR(flash_it(), Errc::usage, HasSubstr("only the ROMs of F2, F4 and F7 can"));
  EXPECT_EQ(changes(), 0U);
}

TEST_F(X32, NeverUnverified) {
  add_board();
  FlashOptions options = with_x32();
  options.verify = false;
  EXPECT_ERROR(flash(job(), {}, image_, options), Errc::usage, HasSubstr("is always verified"));
  EXPECT_ERROR(dry_run(job(), {}, image_, options), Errc::usage, HasSubstr("is always verified"));
  EraseOptions erase_options = erase_with_x32();
  erase_options.verify = false;
  EXPECT_ERROR(erase(job(), {}, EraseAll{}, erase_options), Errc::usage,
               HasSubstr("is always verified"));
  EXPECT_NE(board().application(), nullptr) << "the board was left alone";
}

TEST_F(X32, ReadProtectionIsNamed) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.read_protected = true;
  add_board(settings);
  allow_violations_ = true;
  EXPECT_ERROR(flash_it(), Errc::read_protected, HasSubstr("errVENDOR"));
}

// Of the setting itself: what was read back is not what was written.
TEST_F(X32, ARomThatDoesNotTakeItIsToldBeforeAnythingIsChanged) {
  add_board(in_dfu_mode());
  // Its first error goes, so that the next two times take the same steps.
  std::ignore = flash(job(), {}, image_, with_x32());
  MishapHost good(host_, std::nullopt);
  std::ignore = flash(Job{good, {}, &stop_}, {}, image_, with_x32());
  std::vector<std::size_t> reads_of_setting;
  for (std::size_t i = 0; i < good.steps().size(); ++i) {
    const auto& setup = good.steps()[i].setup;
    if (setup && setup->is_in() && setup->request == 2 && setup->length == 4) {
      reads_of_setting.push_back(i);
    }
  }
  ASSERT_THAT(reads_of_setting, SizeIs(2)) << "before and after";
  const unsigned before = changes();
  MishapHost bad(host_, support::Mishap{reads_of_setting.back(), Wrong::read_bit, {}});
  EXPECT_ERROR(flash(Job{bad, {}, &stop_}, {}, image_of(program(30 * kib, 2)), with_x32()),
               Errc::protocol,
               HasSubstr("choosing 32 bits at a time: wrote 03 ff ff ff at 0xFFFF0000, where 03 ff "
                         "7f ff is read"));
  EXPECT_EQ(changes() - before, 1U) << "the setting and nothing else";
}

// The answer is lost, but not the request: what it was before is not what is read then.
TEST_F(X32, AnErrorWhileChoosingIsTriedAgain) {
  BoardSettings settings = in_dfu_mode();
  settings.faults = {{support::Fault::Action::io_error, support::Fault::Point::write, 1}};
  add_board(settings);
  flash_it();
  EXPECT_TRUE(holds(board(), image_));
  EXPECT_GE(plain_erase(), std::chrono::milliseconds(400));
}

}  // namespace
}  // namespace sysboot
