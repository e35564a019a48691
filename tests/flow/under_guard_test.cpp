// SPDX-License-Identifier: GPL-3.0-or-later
// Flashing boards with guard on them, putting guard on, and taking it off.
#include "guard_image.h"
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/guard_change.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/virtual/guard.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::program;
using support::VirtualBoard;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t kib = 1024;
constexpr std::uint32_t slots = 0x1C;  // of the four words

class UnderGuard : public support::Bench {
 protected:
  VirtualBoard& add_guarded() {
    BoardSettings settings;
    settings.guarded = true;
    return add_board(std::move(settings));
  }
  VirtualBoard& board() { return host_.board("1-1"); }
  FlashResult flash_it(const Image& image, const FlashOptions& options = {}) {
    return flash(job(), {}, image, options);
  }
  ByteView flash_at(std::uint32_t address, std::size_t size) {
    return board().flash().read(address, size);
  }

  static Bytes application(std::uint32_t size, std::uint32_t linked_for = guarded_application,
                           unsigned seed = 1) {
    Bytes bytes = program(size, seed, linked_for);
    std::fill_n(bytes.begin() + slots, 16, std::uint8_t{0});
    return bytes;
  }
  /// A raw binary that nobody named an address for.
  static Image raw(std::uint32_t size, std::uint32_t linked_for = guarded_application,
                   unsigned seed = 1) {
    Image image = image_of(application(size, linked_for, seed), flash_base);
    image.format = "bin";
    image.is_address_assumed = true;
    return image;
  }
  static Image guard() {
    const Bytes bytes = virtual_bench::stub_guard();
    return {"guard.elf", "elf", {{flash_base, bytes}}};
  }
  static Image both(const Image& application) {
    Image image = guard();
    image.name = "both.hex";
    image.segments.push_back({guarded_application, application.segments.front().data});
    return image;
  }
  GuardFor stub() const {
    return [](const ChipGuess& /*chip*/) { return guard(); };
  }
  static bool has_stamp(ByteView application) {
    return guard_word_at(application.data(), slots) == GUARD_STAMP_MAGIC;
  }
  /// All of the image but these 16 bytes.
  void expect_in_flash(const Image& image) {
    Bytes wanted = image.segments.front().data;
    const ByteView found = flash_at(guarded_application, wanted.size());
    std::copy_n(found.begin() + slots, 16, wanted.begin() + slots);
    EXPECT_EQ(Bytes(found.begin(), found.end()), wanted);
  }
};

TEST_F(UnderGuard, 172ARawBinaryGoesBehindGuardAndGetsAStamp) {
  add_guarded();
  const Bytes first(flash_at(flash_base, 16 * kib).begin(), flash_at(flash_base, 16 * kib).end());
  const Image image = raw(20 * kib + 3);
  const FlashResult result = flash_it(image);
  EXPECT_EQ(result.address, guarded_application);
  ASSERT_TRUE(result.guard);
  EXPECT_TRUE(result.guard->is_stamped);
  EXPECT_FALSE(result.guard->is_new);
  EXPECT_EQ(result.run->address, flash_base) << "through guard";
  EXPECT_EQ(result.starts_by_itself, true);
  EXPECT_TRUE(result.run->board);
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
  expect_in_flash(image);
  const ByteView application = flash_at(guarded_application, 20 * kib + 4);
  EXPECT_EQ(guard_word_at(application.data(), slots + 4), 20 * kib + 4);
  EXPECT_EQ(guard_word_at(application.data(), slots + 8),
            guard_stamp_crc(application.data(), 20 * kib + 4));
  EXPECT_EQ(Bytes(flash_at(flash_base, 16 * kib).begin(), flash_at(flash_base, 16 * kib).end()),
            first);
}

// At 0x08000000 its reset vector would point outside of it.
TEST_F(UnderGuard, 172OneThatIsNoProgramElsewhereIsNotRefusedBeforeTheBoardIsAsked) {
  add_guarded();
  check_image(raw(8 * kib), false);
  EXPECT_EQ(flash_it(raw(8 * kib)).address, guarded_application);
}

TEST_F(UnderGuard, 172WhatIsThereAlreadyIsLeftAlone) {
  add_guarded();
  flash_it(raw(20 * kib));
  const FlashResult again = flash_it(raw(20 * kib));
  EXPECT_EQ(again.sectors_erased, 0U);
  EXPECT_EQ(again.bytes_verified, again.bytes);
}

TEST_F(UnderGuard, 172WithoutGuardItGoesToTheStartOfFlash) {
  add_board();
  const FlashResult result = flash_it(raw(20 * kib, flash_base));
  EXPECT_EQ(result.address, flash_base);
  EXPECT_FALSE(result.guard);
  EXPECT_FALSE(has_stamp(flash_at(flash_base, 64)));
}

TEST_F(UnderGuard, 172AProgramForBehindGuardIsRefusedByABoardWithout) {
  add_board();
  const auto before = Bytes(board().flash().content().begin(), board().flash().content().end());
  EXPECT_ERROR(flash_it(raw(8 * kib)), Errc::bad_image, HasSubstr("0x08004"));
  EXPECT_EQ(Bytes(board().flash().content().begin(), board().flash().content().end()), before);
  EXPECT_NE(board().application(), nullptr) << "it runs again";
}

TEST_F(UnderGuard, 172AProgramForGuardsPlaceIsRefused) {
  add_guarded();
  Image at_start = image_of(program(20 * kib, 1, flash_base), flash_base);
  EXPECT_ERROR(flash_it(raw(20 * kib, flash_base)), Errc::guarded,
               HasSubstr("is linked for 0x08000000; the board has guard there, and its programs "
                         "begin at 0x08004000"));
  EXPECT_ERROR(flash_it(at_start), Errc::guarded,
               HasSubstr("goes to 0x08000000-0x08004FFF; the board has guard there"));
  FlashOptions options;
  options.force = true;
  EXPECT_ERROR(flash_it(at_start, options), Errc::guarded, HasSubstr("has guard there"));
  EXPECT_NE(board().application(), nullptr);
}

TEST_F(UnderGuard, 172WordsThatTheApplicationNeedsAreNoPlaceForAStamp) {
  add_guarded();
  Image image = raw(20 * kib);
  image.segments.front().data[slots] = 0x55;
  const FlashResult result = flash_it(image);
  EXPECT_FALSE(result.guard->is_stamped);
  EXPECT_EQ(result.bytes, 20 * kib);
  const ByteView found = flash_at(guarded_application, 20 * kib);
  EXPECT_EQ(Bytes(found.begin(), found.end()), image.segments.front().data);
}

TEST_F(UnderGuard, 172NorIsThereOneWhereTheApplicationChangesItself) {
  add_guarded();
  flash_it(raw(20 * kib));
  FlashOptions options;
  options.stamp = false;
  const FlashResult result = flash_it(raw(20 * kib), options);
  EXPECT_FALSE(result.guard->is_stamped);
  EXPECT_FALSE(has_stamp(flash_at(guarded_application, 64)));
  EXPECT_TRUE(result.run->board);
}

TEST_F(UnderGuard, 172TheStampEndsBeforeAGapAndSmallOnesAreFilled) {
  add_guarded();
  Image image = image_of(application(8 * kib), guarded_application);
  image.segments.push_back({guarded_application + 8 * kib + 60, Bytes(100, 0x11)});
  image.segments.push_back({0x08010000, Bytes(100, 0x22)});
  flash_it(image);
  const ByteView application = flash_at(guarded_application, 64);
  EXPECT_EQ(guard_word_at(application.data(), slots + 4), 8 * kib + 160);
  EXPECT_EQ(flash_at(guarded_application + 8 * kib, 1)[0], 0xFF);
}

// Settings that the application may change.
TEST_F(UnderGuard, 172NorDoesItCoverAnotherFileThatTouchesTheApplication) {
  add_guarded();
  Image settings = image_of(Bytes(300, 0x33), guarded_application + 8 * kib + 2);
  settings.name = "settings.bin";
  Image program_ = image_of(application(8 * kib), guarded_application);
  program_.segments.front().data.resize(8 * kib + 2, 0x11);
  const FlashResult result = flash_it(merge_images({program_, settings}));
  EXPECT_TRUE(result.guard->is_stamped);
  const ByteView found = flash_at(guarded_application, 8 * kib);
  EXPECT_EQ(guard_word_at(found.data(), slots + 4), 8 * kib);
  EXPECT_EQ(guard_word_at(found.data(), slots + 8), guard_stamp_crc(found.data(), 8 * kib));
  EXPECT_TRUE(result.run->board);
}

// As on the command line: guard-f411.elf app.bin@0x08004000 settings.hex
TEST_F(UnderGuard, 175GuardItsApplicationAndDataAreOneFlash) {
  add_board();
  Image program_ = image_of(application(20 * kib), guarded_application);
  program_.name = "app.bin";
  Image settings = image_of(Bytes(300, 0x33), 0x08060000);
  settings.name = "settings.hex";
  const FlashResult result = flash_it(merge_images({settings, guard(), program_}));
  EXPECT_TRUE(result.guard->is_new);
  EXPECT_TRUE(result.guard->is_stamped);
  EXPECT_TRUE(result.run->board);
  const ByteView found = flash_at(0x08060000, 300);
  EXPECT_EQ(Bytes(found.begin(), found.end()), settings.segments.front().data);
  EXPECT_THAT(verify(job(), {}, merge_images({settings, guard(), program_}), {}).differences,
              IsEmpty());
}

TEST_F(UnderGuard, 172VerifyAcceptsTheFileWithAndWithoutStamp) {
  add_guarded();
  const Image image = raw(20 * kib);
  flash_it(image);
  EXPECT_THAT(verify(job(), {}, image, {}).differences, IsEmpty());
  EXPECT_EQ(verify(job(), {}, image, {}).address, guarded_application);
  board().flash().load(guarded_application, image.segments.front().data);
  EXPECT_THAT(verify(job(), {}, image, {}).differences, IsEmpty()) << "as another tool wrote it";
  board().flash().load(guarded_application + slots + 8, Bytes{0x55});
  EXPECT_EQ(verify(job(), {}, image, {}).differences.size(), 1U);
}

TEST_F(UnderGuard, 172GuardsSectorIsNotErased) {
  add_guarded();
  EXPECT_ERROR(erase(job(), {}, EraseAll{}, {}), Errc::guarded, HasSubstr("0x08000000"));
  EXPECT_ERROR(erase(job(), {}, EraseSectors{{{0, 1}}}, {}), Errc::guarded, HasSubstr("guard is"));
  const EraseResult result = erase(job(), {}, EraseSectors{{{1, 1}}}, {});
  EXPECT_TRUE(result.is_guarded);
  EXPECT_TRUE(result.takes_program) << "guard's application";
}

TEST_F(UnderGuard, 172DataInsideAStampedApplicationIsRefusedAndBehindItIsNot) {
  add_guarded();
  flash_it(raw(20 * kib));
  FlashOptions options;
  options.force = true;  // it is no program
  Image inside = image_of(Bytes(64, 0x33), guarded_application + 4 * kib);
  EXPECT_ERROR(flash_it(inside), Errc::bad_image, testing::_);
  inside.segments.front().data = program(64 * 4, 1, guarded_application + 4 * kib);
  inside.segments.front().address = guarded_application + 4 * kib;
  EXPECT_ERROR(flash_it(inside), Errc::guarded,
               AllOf(HasSubstr("0x08005000-0x080050FF"), HasSubstr("0x08004000-0x08008FFF")));
  const FlashResult forced = flash_it(inside, options);
  EXPECT_TRUE(forced.guard);
  const FlashResult behind = flash_it(image_of(program(256, 1, 0x08010000), 0x08010000), options);
  EXPECT_FALSE(behind.guard->is_stamped);
}

// Only guard would tell, after power-off.
TEST_F(UnderGuard, 172AStampThatNoLongerFitsIsNoProgramThatStartsByItself) {
  add_guarded();
  flash_it(raw(20 * kib));
  FlashOptions options;
  options.force = true;
  options.stay = true;
  const Image inside =
      image_of(program(256, 1, guarded_application + 4 * kib), guarded_application + 4 * kib);
  EXPECT_EQ(flash_it(inside, options).starts_by_itself, false);
  EXPECT_THAT(notes(Note::Level::warning),
              ElementsAre(HasSubstr("guard starts no program at 0x08004000: its stamp does not "
                                    "fit the application; guard will start the ROM bootloader")));
  options.stamp = false;
  Image stale = raw(20 * kib);
  ASSERT_TRUE(guard_stamp_put(stale.segments.front().data.data(), 20 * kib));
  stale.segments.front().data.back() ^= 0xFF;
  EXPECT_EQ(flash_it(stale, options).starts_by_itself, false);
  options.stamp = true;
  EXPECT_EQ(flash_it(stale, options).starts_by_itself, true) << "it is made anew";
}

// Some clones of ST's ROM do not know their own sectors.
TEST_F(UnderGuard, 172GuardThatWentWithAnotherSectorIsMissed) {
  BoardSettings settings;
  settings.guarded = true;
  settings.rom.erase_unit = 2;
  add_board(settings);
  EXPECT_ERROR(flash_it(raw(8 * kib)), Errc::mismatch,
               HasSubstr("guard is gone from 0x08000000: the device erases more"));
  board().flash().load(flash_base, virtual_bench::stub_guard());
  EXPECT_ERROR(erase(job(), {}, EraseSectors{{{1, 1}}}, {}), Errc::mismatch,
               HasSubstr("guard is gone from 0x08000000"));
}

TEST_F(UnderGuard, 172AProtectedGuardIsOnlyReplacedOnceItIsUnprotected) {
  add_guarded();
  flash_it(raw(20 * kib));
  protect_guard(job(), {}, true, {});
  const GuardFor newer = [](const ChipGuess& /*chip*/) {
    Image image = guard();
    guard_put_word(image.segments.front().data.data(), slots + 4, 2);
    return image;
  };
  const Image program_ = raw(40 * kib, flash_base, 3);
  EXPECT_ERROR(std::ignore = install_guard(job(), {}, newer, nullptr, {}), Errc::guarded,
               HasSubstr("option bytes write-protect the sector of guard"));
  EXPECT_ERROR(std::ignore = replace_guard(job(), {}, program_, {}), Errc::guarded,
               HasSubstr("write-protect"));
  EXPECT_NE(board().application(), nullptr) << "nothing was changed";
  const Image update = raw(20 * kib, guarded_application, 2);
  EXPECT_TRUE(flash_it(update).run->board) << "which leaves guard alone";
  protect_guard(job(), {}, false, {});
  EXPECT_EQ(install_guard(job(), {}, newer, nullptr, {}).guard->guard.version, 2U);
  EXPECT_NE(board().application(), nullptr);
}

TEST_F(UnderGuard, 173AnOldApplicationIsMadeInvalidBeforeAnythingIsErased) {
  add_guarded();
  flash_it(raw(40 * kib));
  bool was_whole_at_erase = true;
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::erase) {
      // The stage is told before its first sector: what makes it invalid comes in front of it.
      was_whole_at_erase = guard_word_at(flash_at(guarded_application, 8).data(), 4) % 2 == 1;
    }
  };
  Image other = raw(40 * kib);
  other.segments.front().data.back() ^= 0xFF;  // in its last sector
  const FlashResult result = flash_it(other);
  EXPECT_FALSE(was_whole_at_erase);
  EXPECT_EQ(result.sectors_erased, 2U) << "that of its vectors, too";
}

TEST_F(UnderGuard, 173AnImageWithGuardPutsItOnABoardWithout) {
  add_board();
  const Image application = raw(20 * kib);
  const FlashResult result = flash_it(both(application));
  EXPECT_TRUE(result.guard->is_new);
  EXPECT_TRUE(result.guard->is_stamped);
  EXPECT_EQ(result.bytes_verified, result.bytes);
  expect_in_flash(application);
  EXPECT_NE(board().application(), nullptr);
  const FlashResult again = flash_it(both(application));
  EXPECT_FALSE(again.guard->is_new);
  EXPECT_EQ(again.sectors_erased, 0U);
  EXPECT_EQ(again.bytes_verified, again.bytes);
}

// From then on a flash that breaks off ends in the ROM.
TEST_F(UnderGuard, 173GuardIsThereBeforeAnythingElseIsErasedAndGoesLast) {
  add_board();
  std::vector<bool> guard_is_there;
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::erase) return;
    guard_is_there.push_back(virtual_bench::has_guard(board().flash()));
  };
  const Image application = raw(20 * kib);
  std::ignore = install_guard(job(), {}, stub(), &application, {});
  EXPECT_THAT(guard_is_there, ElementsAre(false, true));
  guard_is_there.clear();
  std::ignore = replace_guard(job(), {}, raw(40 * kib, flash_base), {});
  EXPECT_THAT(guard_is_there, ElementsAre(true, true));
}

TEST_F(UnderGuard, 173AStampThatFitsStaysAsItIs) {
  add_guarded();
  Image image = raw(20 * kib);
  Bytes& bytes = image.segments.front().data;
  ASSERT_TRUE(guard_stamp_put(bytes.data(), 16 * kib)) << "of a part";
  flash_it(image);
  const ByteView found = flash_at(guarded_application, bytes.size());
  EXPECT_EQ(Bytes(found.begin(), found.end()), bytes);
}

TEST_F(UnderGuard, 173AnotherGuardIsOnlyReplacedOnRequest) {
  add_guarded();
  Image other = both(raw(20 * kib));
  other.segments.front().data.back() ^= 0xFF;
  EXPECT_ERROR(flash_it(other), Errc::guarded, HasSubstr("has another guard than the board"));
}

TEST_F(UnderGuard, 173InstallAsksAndSaysWhatItWillDo) {
  add_board();
  std::vector<GuardChange> asked;
  GuardOptions options;
  options.before = [&](const GuardChange& change) {
    asked.push_back(change);
    throw Error(Errc::usage, "no");
  };
  const Image application = raw(20 * kib);
  EXPECT_ERROR(std::ignore = install_guard(job(), {}, stub(), &application, options), Errc::usage,
               HasSubstr("no"));
  EXPECT_NE(board().application(), nullptr) << "nothing was changed, and it runs again";
  options.before = [&](const GuardChange& change) { asked.push_back(change); };
  const FlashResult result = install_guard(job(), {}, stub(), &application, options);
  EXPECT_TRUE(result.guard->is_new);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_FALSE(asked.back().from);
  EXPECT_TRUE(asked.back().to);
  EXPECT_TRUE(asked.back().has_program);
  expect_in_flash(application);
  std::ignore = install_guard(job(), {}, stub(), &application, options);
  EXPECT_EQ(asked.size(), 2U) << "guard is there: there is nothing to ask";
}

TEST_F(UnderGuard, 173InstallTakesNoProgramForGuardsPlace) {
  add_board();
  Image wrong = image_of(program(20 * kib, 1, flash_base), flash_base);
  EXPECT_ERROR(std::ignore = install_guard(job(), {}, stub(), &wrong, {}), Errc::guarded,
               HasSubstr("goes to 0x08000000, where guard comes"));
  const GuardFor no_guard = [](const ChipGuess& /*chip*/) { return raw(64, flash_base); };
  EXPECT_ERROR(std::ignore = install_guard(job(), {}, no_guard, nullptr, {}), Errc::bad_image,
               HasSubstr("this is no guard"));
}

TEST_F(UnderGuard, 173AGuardWithItsRecordOutsideOfRamIsRefused) {
  add_board();
  const GuardFor larger = [](const ChipGuess& /*chip*/) {
    Image image = guard();
    guard_put_word(image.segments.front().data.data(), slots + 8, 0x2003FFF8);
    return image;
  };
  EXPECT_ERROR(std::ignore = install_guard(job(), {}, larger, nullptr, {}), Errc::made_for_another,
               AllOf(HasSubstr("0x2003FFFF"), HasSubstr("STM32F411xE")));
}

TEST_F(UnderGuard, 173WithoutAnApplicationTheBoardStaysInDfuMode) {
  add_board();
  const FlashResult result = install_guard(job(), {}, stub(), nullptr, {});
  EXPECT_EQ(result.starts_by_itself, false);
  EXPECT_FALSE(result.run);
  EXPECT_THAT(notes(Note::Level::warning),
              ElementsAre(HasSubstr("guard will start the ROM bootloader")));
}

TEST_F(UnderGuard, 173RemovedGuardMakesPlaceForAProgram) {
  add_guarded();
  flash_it(raw(20 * kib));
  const Image program_ = raw(40 * kib, flash_base, 3);
  const FlashResult result = replace_guard(job(), {}, program_, {});
  EXPECT_FALSE(result.guard);
  EXPECT_EQ(result.address, flash_base);
  EXPECT_TRUE(result.run->board);
  const ByteView found = flash_at(flash_base, 40 * kib);
  EXPECT_EQ(Bytes(found.begin(), found.end()), program_.segments.front().data);
  EXPECT_EQ(replace_guard(job(), {}, program_, {}).sectors_erased, 0U) << "the same once more";
}

TEST_F(UnderGuard, 172StatusAndInfoSayWhatGuardMakesOfTheApplication) {
  add_guarded();
  flash_it(raw(20 * kib));
  const GuardReport whole = look_at_guard(job(), {}, {});
  ASSERT_TRUE(whole.guard);
  EXPECT_EQ(whole.guard->stamp, Stamp::right);
  EXPECT_EQ(whole.guard->stamped_bytes, 20 * kib);
  EXPECT_FALSE(whole.guard->problem);
  EXPECT_EQ(whole.is_protected, false);
  board().flash().load(guarded_application + 10 * kib, Bytes(4, 0));
  VisitOptions stays;
  stays.stay = true;
  const GuardReport broken = look_at_guard(job(), {}, stays);
  EXPECT_EQ(broken.guard->stamp, Stamp::wrong);
  EXPECT_TRUE(broken.guard->problem);
  EXPECT_EQ(inspect(job(), {}, nullptr, stays).guard->stamp, Stamp::wrong);
}

TEST_F(UnderGuard, 172ProtectionIsWrittenIntoOptionBytesAndTakenBack) {
  add_guarded();
  protect_guard(job(), {}, true, {});
  EXPECT_EQ(look_at_guard(job(), {}, {}).is_protected, true);
  EXPECT_NE(board().application(), nullptr);
  protect_guard(job(), {}, false, {});
  EXPECT_EQ(look_at_guard(job(), {}, {}).is_protected, false);
}

TEST_F(UnderGuard, 172ADryRunSaysWhereItGoesAndLeavesGuardAlone) {
  add_guarded();
  const DryRun plan = dry_run(job(), {}, raw(20 * kib), {});
  EXPECT_EQ(plan.address, guarded_application);
  ASSERT_TRUE(plan.guard);
  EXPECT_TRUE(plan.guard->is_stamped);
  for (const Sector& sector : plan.erase) EXPECT_GE(sector.address, guarded_application);
}

}  // namespace
}  // namespace sysboot
