// SPDX-License-Identifier: GPL-3.0-or-later
// Several images as one, and what keeps them from being flashed together.
#include "files.hpp"
#include "support/linked_program.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using files::counting;
using files::operator+;
using support::LinkedProgram;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t app_base = 0x08004000;
constexpr std::uint32_t behind = 0x0800C000;

Image image(const std::string& name, std::vector<Segment> segments, const char* format = "hex") {
  return {name, format, std::move(segments)};
}

Image linked(const std::string& name, std::uint32_t linked_for, std::uint32_t goes_to) {
  Image program = LinkedProgram(linked_for).at(goes_to);
  program.name = name;
  return program;
}

Image boot(const std::string& name = "boot.bin") {
  return linked(name, flash_base, flash_base);
}

Image app(std::uint32_t goes_to = app_base) {
  return linked("app.bin", app_base, goes_to);
}

Image data(std::uint32_t goes_to = behind) {
  return image("data.bin", {{goes_to, Bytes(64, 0x41)}}, "bin");
}

std::string problem(const std::vector<Image>& images) {
  const auto found = images_problem(images);
  const auto of_merged = image_problem(merge_images(images));
  EXPECT_EQ(found.has_value(), of_merged.has_value());
  return found ? std::string(to_string(found->code())) + " " + found->what() : "none";
}

TEST(MergeImages, SegmentsAreInOrderAndTouchingOnesAreOne) {
  const Image whole =
      merge_images({image("b", {{0x08000104, counting(4, 8)}}),
                    image("a", {{0x08000000, counting(2)}, {0x08000100, counting(4)}}, "bin")});
  EXPECT_THAT(whole.segments, ElementsAre(Segment{0x08000000, counting(2)},
                                          Segment{0x08000100, counting(4) + counting(4, 8)}));
  EXPECT_EQ(whole.name, "b + a");
  EXPECT_EQ(whole.format, "several");
  ASSERT_EQ(whole.parts.size(), 2U);
  EXPECT_EQ(whole.parts[1].name, "a");
  EXPECT_EQ(whole.parts[1].format, "bin");
}

TEST(MergeImages, ASingleOneStaysAsItIs) {
  Image one = image("one.hex", {{0x08000000, counting(8)}});
  one.notes = {"is odd"};
  const Image whole = merge_images({one});
  EXPECT_EQ(whole.format, "hex");
  EXPECT_EQ(whole.name, "one.hex");
  EXPECT_THAT(whole.notes, ElementsAre("is odd"));
  EXPECT_THAT(whole.parts, IsEmpty());
}

TEST(MergeImages, OverlapNamesBothAndTheFirstAddressThatTheyShare) {
  const Image low = image("low.hex", {{0x08000000, counting(0x20)}});
  const Image high = image("high.hex", {{0x08001000, counting(4)}, {0x0800001F, counting(4)}});
  EXPECT_ERROR(merge_images({high, low}), Errc::usage,
               AllOf(HasSubstr("low.hex (0x08000000-0x0800001F) and high.hex "
                               "(0x0800001F-0x08000022) both have bytes for 0x0800001F")));
  EXPECT_NO_THROW(
      static_cast<void>(merge_images({low, image("next.hex", {{0x08000020, counting(4)}})})));
}

TEST(MergeImages, WhoSharesAnAddressWithItselfIsTold) {
  EXPECT_ERROR(merge_images({boot(), boot()}), Errc::usage,
               HasSubstr("boot.bin (0x08000000-0x08003FFF) and boot.bin (0x08000000-0x08003FFF) "
                         "both have bytes for 0x08000000"));
}

// Its address may have been forgotten; any other overlap has nothing to do with that.
TEST(MergeImages, TheRemedyOfAnOverlapIsARawBinaryAtTheStartOfFlash) {
  const auto remedy = [](const std::vector<Image>& images) {
    return support::error_from([&] { static_cast<void>(merge_images(images)); }).remedy();
  };
  const Image hex = image("boot.hex", {{0x08000000, counting(0x20)}});
  EXPECT_EQ(remedy({hex, data(flash_base)}), "data.bin");
  EXPECT_EQ(remedy({data(flash_base), hex}), "data.bin");
  EXPECT_EQ(remedy({hex, data(flash_base + 4)}), "");
  EXPECT_EQ(remedy({hex, image("other.hex", {{0x08000000, counting(0x20)}})}), "");
}

TEST(MergeImages, OtherTargetsOfOneAlternateSettingAreTogetherAndDoNotOverlap) {
  Image one = image("one.dfu", {{0x08000000, counting(4)}}, "dfu");
  one.other_targets = {{3, "OTP", {{0x1FFF7800, counting(4)}}},
                       {1, "", {{0x1FFFC008, counting(4)}}}};
  Image two = image("two.dfu", {{0x08001000, counting(4)}}, "dfu");
  two.other_targets = {{1, "Option Bytes", {{0x1FFFC000, counting(8)}}}};
  EXPECT_THAT(
      merge_images({one, two}).other_targets,
      ElementsAre(AlternateTarget{1, "Option Bytes", {{0x1FFFC000, counting(8) + counting(4)}}},
                  AlternateTarget{3, "OTP", {{0x1FFF7800, counting(4)}}}));
  two.other_targets = {{1, "Option Bytes", {{0x1FFFC000, counting(9)}}}};
  EXPECT_ERROR(merge_images({one, two}), Errc::usage, HasSubstr("both have bytes for 0x1FFFC008"));
}

TEST(MergeImages, SaysWhichDeviceItIsForIfOneOfThemDoes) {
  Image one = image("one.dfu", {{0x08000000, counting(4)}});
  const Image silent = image("silent.hex", {{0x08001000, counting(4)}});
  Image other = image("other.dfu", {{0x08002000, counting(4)}});
  EXPECT_EQ(merge_images({one, silent}).made_for, std::nullopt);
  one.made_for = {0x0483, 0xFFFF};
  other.made_for = {0, 0xDF11};
  EXPECT_EQ(merge_images({silent, one}).made_for,
            std::pair(std::uint16_t{0x0483}, std::uint16_t{0xFFFF}));
  EXPECT_EQ(merge_images({one, silent, other}).made_for,
            std::pair(std::uint16_t{0x0483}, std::uint16_t{0xDF11}));
  other.made_for = {0x2E3C, 0xDF11};
  EXPECT_ERROR(merge_images({one, silent, other}), Errc::made_for_another,
               HasSubstr("one.dfu says it is for 0483:ffff, but other.dfu for 2e3c:df11"));
}

TEST(MergeImages, SaysWhichFamilyItIsForIfOneOfThemDoes) {
  Image one = image("one.uf2", {{0x08000000, counting(4)}});
  const Image silent = image("silent.hex", {{0x08001000, counting(4)}});
  Image other = image("other.uf2", {{0x08002000, counting(4)}});
  one.uf2_family = other.uf2_family = 0x57755A57;
  EXPECT_EQ(merge_images({silent, one, other}).uf2_family, 0x57755A57U);
  other.uf2_family = 0x53B80F00;
  EXPECT_ERROR(merge_images({one, silent, other}), Errc::made_for_another,
               HasSubstr("one.uf2 says it is for STM32F4 (0x57755A57), but other.uf2 for STM32F7 "
                         "(0x53B80F00)"));
}

TEST(MergeImages, EntryIsOfTheLowestThatHasOneInside) {
  Image low = image("low.elf", {{0x08000000, counting(16)}});
  Image high = image("high.elf", {{0x08001000, counting(16)}});
  high.entry = 0x08001009;
  EXPECT_EQ(merge_images({low, high}).entry, 0x08001009U);
  low.entry = 0x08001005;  // in the other one
  EXPECT_EQ(merge_images({low, high}).entry, 0x08001009U);
  low.entry = 0x08000005;
  EXPECT_EQ(merge_images({low, high}).entry, 0x08000005U);
  EXPECT_EQ(merge_images({high, low}).entry, 0x08000005U) << "the order says nothing";
  low.entry = 0x08000011;  // behind it
  high.entry.reset();
  EXPECT_EQ(merge_images({low, high}).entry, std::nullopt);
}

TEST(MergeImages, NotesSayWhoseTheyAre) {
  Image one = image("one.elf", {{0x08000000, counting(4)}});
  one.notes = {"left out: 4 bytes"};
  const Image two = image("two.hex", {{0x08001000, counting(4)}});
  EXPECT_THAT(merge_images({two, one}).notes, ElementsAre("one.elf: left out: 4 bytes"));
}

TEST(MergeImages, APartIsFoundByItsAddress) {
  const Image whole = merge_images({boot(), app()});
  EXPECT_EQ(part_at(whole, 0x08003FFF).name, "boot.bin");
  EXPECT_EQ(part_at(whole, 0x08004000).name, "app.bin");
  EXPECT_EQ(part_at(whole, 0x08008000).name, "boot.bin + app.bin") << "behind both";
  const Image one = boot();
  EXPECT_EQ(&part_at(one, 0x08000000), &one);
}

TEST(MergeImages, WhatIsForFlashIsTakenOfEachPart) {
  const Image ram = image("ram.hex", {{0x08008000, counting(8)}, {0x20000000, counting(4)}});
  const Image whole = for_flash(merge_images({boot(), ram}), false);
  EXPECT_EQ(whole.segments.back(), (Segment{0x08008000, counting(8)}));
  EXPECT_EQ(whole.parts[1].segments.size(), 1U);
  EXPECT_THAT(whole.notes, ElementsAre(HasSubstr("ram.hex: left out: 4 bytes at 0x20000000")));
}

TEST(ImagesProblem, ABootloaderItsApplicationAndDataAreRight) {
  EXPECT_EQ(problem({boot(), app(), data()}), "none");
  EXPECT_EQ(problem({data(), app(), boot()}), "none") << "in any order";
  EXPECT_EQ(problem({boot(), data()}), "none");
  EXPECT_EQ(problem({app(), data()}), "none") << "behind guard, which is on the board";
  EXPECT_EQ(problem({boot(), data(app_base)}), "none") << "data where an application could be";
}

TEST(ImagesProblem, OneAloneIsAsEver) {
  EXPECT_EQ(problem({app()}), "none");
  EXPECT_THAT(problem({data()}), HasSubstr("bad-image data.bin: this is no STM32 program"));
  EXPECT_THAT(problem({app(flash_base)}), HasSubstr("linked-elsewhere app.bin: looks linked for"));
}

TEST(ImagesProblem, OneThatIsLinkedElsewhereIsNamedWithItsAddress) {
  const auto found = images_problem({boot(), app(0x08008000), data()});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->code(), Errc::linked_elsewhere);
  EXPECT_STREQ(found->what(), "app.bin: looks linked for 0x08004000, but goes to 0x08008000");
  EXPECT_EQ(found->remedy(), "0x08004000");
  EXPECT_EQ(images_problem({boot(), app(flash_base)})->remedy(), "0x08004000")
      << "even where it overlaps with another";
}

TEST(ImagesProblem, DataNeedsAProgramThatTheBoardStarts) {
  EXPECT_THAT(problem({data(), data(behind + 64)}),
              HasSubstr("data.bin: this is no STM32 program"));
  const Image high = linked("high.bin", 0x08008000, 0x08008000);
  EXPECT_EQ(problem({high}), "none");
  EXPECT_THAT(problem({high, data()}), HasSubstr("data.bin: this is no STM32 program"));
  EXPECT_EQ(problem({boot(), high, data(0x08010000)}), "none");
}

TEST(ImagesProblem, DataIsNeverWhereABoardStarts) {
  EXPECT_THAT(problem({app(), data(flash_base)}), HasSubstr("data.bin: this is no STM32 program"));
  EXPECT_THAT(problem({app(), data(0x0C000000)}), HasSubstr("data.bin: this is no STM32 program"))
      << "the same, as secure code sees it";
}

// MicroPython's firmware0.bin and firmware1.bin: the handlers are in the second file.
TEST(ImagesProblem, AVectorTableMayBeAFileOfItsOwn) {
  Bytes whole = LinkedProgram(flash_base).bytes();
  const Image vectors =
      image("vectors.bin", {{flash_base, {whole.begin(), whole.begin() + 0x100}}}, "bin");
  const Image text = image("text.bin", {{0x08000200, {whole.begin() + 0x200, whole.end()}}}, "bin");
  EXPECT_THAT(problem({vectors}), HasSubstr("points outside the image"));
  EXPECT_EQ(problem({vectors, text}), "none");
  EXPECT_EQ(problem({text, vectors}), "none");
  EXPECT_THAT(problem({vectors, data()}), HasSubstr("vectors.bin: this is no STM32 program"));
}

TEST(ImagesProblem, WhatOthersStartIsNoData) {
  const Bytes mcuboot = files::long_word(0x96F3B83D) + Bytes(4) + files::word(32) + Bytes(54);
  const auto slot = [&](std::uint32_t address) {
    return image("slot.bin", {{address, mcuboot}}, "bin");
  };
  EXPECT_EQ(problem({boot(), slot(0x08020000)}), "none");
  EXPECT_THAT(problem({app(), slot(flash_base)}), HasSubstr("slot.bin: this is an MCUboot image"));
  EXPECT_THAT(problem({slot(0x08020000), data()}), HasSubstr("data.bin: this is no STM32 program"))
      << "nor does it start the board";
  Bytes wireless(120, 0x41);
  wireless[wireless.size() - 8] = 64;
  Image coprocessor = image("stack.bin", {{0x080CB000, wireless + files::long_word(0xD3A12C5E)}});
  EXPECT_THAT(problem({boot(), coprocessor}),
              HasSubstr("stack.bin: this is firmware for the wireless"));
}

TEST(ImagesProblem, CheckLooksAtEachPartAndForceAtAddressesOnly) {
  EXPECT_NO_THROW(check_image(merge_images({boot(), app(), data()}), false));
  EXPECT_ERROR(check_image(merge_images({app(), data(flash_base)}), false), Errc::bad_image,
               HasSubstr("data.bin"));
  EXPECT_NO_THROW(check_image(merge_images({app(), data(flash_base)}), true));
  EXPECT_ERROR(check_image(merge_images({boot(), data(0x20000000)}), true),
               Errc::image_does_not_fit, testing::StartsWith("data.bin: 0x20000000 is RAM"));
}

}  // namespace
}  // namespace sysboot
