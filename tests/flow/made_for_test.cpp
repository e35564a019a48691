// SPDX-License-Identifier: GPL-3.0-or-later
// Files that say which device they are for: taken by the right one, refused by others.
#include "step/made_for.hpp"

#include "chip/chip.hpp"
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/image.hpp"
#include "sysboot/virtual/firmware.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::HasSubstr;

using Ids = std::pair<std::uint16_t, std::uint16_t>;
constexpr Ids at32 = {0x2E3C, 0xDF11};
constexpr Ids maple = {0x1EAF, 0x0003};
constexpr Ids candle_light = {0x1D50, 0x606F};
constexpr std::uint32_t family_f4 = 0x57755A57;
constexpr std::uint32_t family_f7 = 0x53B80F00;
constexpr std::uint32_t family_rp2040 = 0xE48BFF56;

class MadeFor : public support::Bench {
 protected:
  static Image image_for(const Ids& ids) {
    Image image = image_of(program(64));
    image.made_for = ids;
    return image;
  }
  static Image image_of_family(std::uint32_t family) {
    Image image = image_of(program(64));
    image.uf2_family = family;
    return image;
  }
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  /// Some firmware that shows no ids of its own.
  static BoardSettings unknown_firmware() {
    BoardSettings settings;
    settings.application.product_name = "STM32 Virtual ComPort";
    return settings;
  }
  FlashResult flash_it(const Image& image, const FlashOptions& options = {}) {
    return flash(job(), {}, image, options);
  }
  static FlashOptions forced() {
    FlashOptions options;
    options.force = true;
    return options;
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
};

// Product 0: all 19 DfuSe files of ST's Cube packages, and NanoVNA's.
TEST_F(MadeFor, C3WhatIsNotSaidFitsEveryDevice) {
  add_board();
  for (const Ids& ids : {Ids{0xFFFF, 0xFFFF}, Ids{0, 0}, Ids{0x0483, 0}, Ids{0x0483, 0xFFFF},
                         Ids{0, 0xDF11}, Ids{0x0483, 0xDF11}}) {
    EXPECT_NO_THROW(flash_it(image_for(ids))) << usb_id(ids.first, ids.second);
    EXPECT_NO_THROW(dry_run(job(), {}, image_for(ids), {})) << usb_id(ids.first, ids.second);
  }
}

TEST_F(MadeFor, C3TheIdsOfTheApplicationFit) {
  BoardSettings settings;
  settings.application.vendor = candle_light.first;
  settings.application.product = candle_light.second;
  add_board(settings);
  Selector named;
  named.port_path = "1-1";
  EXPECT_NO_THROW(dry_run(job(), named, image_for(candle_light), {}));
  EXPECT_NO_THROW(flash(job(), named, image_for(candle_light), {}));
}

TEST_F(MadeFor, C3AnotherDeviceIsRefusedAndForceFlashesIt) {
  add_board(unknown_firmware());
  const Image image = image_for({0x0483, 0x1234});
  EXPECT_ERROR(flash_it(image), Errc::made_for_another,
               HasSubstr("app.bin says it is for 0483:1234, but the board in DFU mode is "
                         "0483:df11"));
  EXPECT_NE(board().application(), nullptr) << "it has its application back";
  EXPECT_NO_THROW(flash_it(image, forced()));
}

// What it reboots into is known for this firmware.
TEST_F(MadeFor, B4AnotherRomIsRefusedBeforeTheBoardIsTouched) {
  add_board();
  EXPECT_ERROR(flash_it(image_for(at32)), Errc::made_for_another,
               AllOf(HasSubstr("board 1-1: app.bin says it is for 2e3c:df11"),
                     HasSubstr("reboots into 0483:df11")));
  EXPECT_EQ(board().generation(), 1U) << "it has not even been rebooted";
}

TEST_F(MadeFor, B4WhatCannotBeFlashedAtAllIsRefusedBeforeTheBoardIsTouched) {
  add_board(unknown_firmware());
  EXPECT_ERROR(flash_it(image_for(maple)), Errc::made_for_another,
               HasSubstr("the Maple bootloader cannot be flashed here"));
  EXPECT_EQ(board().generation(), 1U);
}

// Clones run firmware with ST's ids, and have loaders with ids of their own.
TEST_F(MadeFor, B4ACloneIsNotRefusedBeforehand) {
  BoardSettings clone = unknown_firmware();
  clone.rom.vendor = at32.first;
  add_board(clone);
  EXPECT_NO_THROW(flash_it(image_for(at32)));
}

TEST_F(MadeFor, B4FirmwareOfSeveralRomsIsNotRefusedBeforehand) {
  BoardSettings settings = virtual_bench::board_with("betaflight");
  settings.rom.vendor = at32.first;
  add_board(settings);
  FlashOptions options;
  options.enter.trigger.firmware = "betaflight";
  EXPECT_NO_THROW(flash_it(image_for(at32), options));
}

TEST_F(MadeFor, B4ADryRunRefusesAnotherDevice) {
  const std::string assumed = "but the STM32F411xE that is assumed is 0483:df11";
  EXPECT_ERROR(dry_run(job(), {}, image_for(at32), {}), Errc::made_for_another, HasSubstr(assumed));
  add_board(unknown_firmware());
  FlashOptions at_home;
  at_home.enter.may_reboot = false;
  EXPECT_ERROR(dry_run(job(), {}, image_for(at32), at_home), Errc::made_for_another,
               HasSubstr(assumed));
  EXPECT_ERROR(dry_run(job(), {}, image_for(at32), {}), Errc::made_for_another,
               HasSubstr("but the board in DFU mode is 0483:df11"));
  EXPECT_NE(board().application(), nullptr) << "it has its application back";
  EXPECT_NO_THROW(dry_run(job(), {}, image_for(at32), forced()));
}

TEST_F(MadeFor, B4ADryRunAsksTheBoardInDfuMode) {
  add_board(in_dfu_mode());
  EXPECT_ERROR(dry_run(job(), {}, image_for(at32), {}), Errc::made_for_another,
               HasSubstr("but the board in DFU mode is 0483:df11"));
  EXPECT_ERROR(dry_run(job(), {}, image_of_family(family_f7), {}), Errc::made_for_another,
               HasSubstr("STM32F411xE"));
  EXPECT_NO_THROW(dry_run(job(), {}, image_of_family(family_f4), {}));
}

TEST_F(MadeFor, C3AFamilyOfAnotherSeriesIsRefusedWithBothNames) {
  add_board();
  const auto before = board().flash().content();
  const Bytes content(before.begin(), before.end());
  EXPECT_ERROR(flash_it(image_of_family(family_f7)), Errc::made_for_another,
               HasSubstr("app.bin says it is for STM32F7 (0x53B80F00), but the chip is STM32F411xE "
                         "(bootloader id 0xD0)"));
  EXPECT_TRUE(std::equal(content.begin(), content.end(), board().flash().content().begin()));
  EXPECT_NE(board().application(), nullptr) << "it has its application back";
  EXPECT_ERROR(flash_it(image_of_family(family_rp2040)), Errc::made_for_another,
               HasSubstr("RP2040 (0xE48BFF56)"));
  EXPECT_NO_THROW(flash_it(image_of_family(family_f7), forced()));
}

TEST_F(MadeFor, C3FamiliesThatFitOrAreNotKnownAreFlashed) {
  add_board();
  for (const std::uint32_t family : {family_f4, *uf2_family_id("STM32F411xE"),
                                     *uf2_family_id("STM32F407"), std::uint32_t{0x12345678}}) {
    EXPECT_NO_THROW(flash_it(image_of_family(family))) << hex32(family);
  }
}

TEST_F(MadeFor, C3AChipThatIsNotCertainIsNotHeldAgainstAFamily) {
  BoardSettings settings;
  settings.rom.bootloader_id = 0x77;
  add_board(settings);
  allow_violations_ = true;  // the id is looked for where other chips with this flash have theirs
  EXPECT_NO_THROW(flash_it(image_of_family(family_f7))) << "an id that the table does not have";
  settings = unknown_firmware();
  settings.rom.vendor = at32.first;
  add_board(settings, "1-2");
  Selector clone;
  clone.port_path = "1-2";
  EXPECT_NO_THROW(flash(job(), clone, image_of_family(family_f7), {}))
      << "a clone that looks like an F411";
}

MemoryLayout layout(const std::string& sectors) {
  return parse_layout("@Internal Flash  /0x08000000/" + sectors);
}

// Each chip whose id is known takes its own series, and no other.
TEST(Family, C3EachChipOfTheTable) {
  for (const Chip& chip : known_chips()) {
    const ChipGuess guess = guess_chip(
        chip.layout(), chip.bootloader_id == 0 ? std::optional<std::uint8_t>()
                                               : std::optional<std::uint8_t>(chip.bootloader_id));
    for (const Uf2Family& family : uf2_families()) {
      if (family.name.substr(0, 7) == chip.line.substr(0, 7) || chip.bootloader_id == 0) {
        EXPECT_TRUE(may_be_of_family(guess, family.id)) << chip.line << " " << family.name;
      }
    }
    EXPECT_EQ(may_be_of_family(guess, family_rp2040), chip.bootloader_id == 0) << chip.line;
  }
  EXPECT_TRUE(may_be_of_family(guess_chip(layout("07*003Kg"), 0xD0), family_f7)) << "unknown chip";
}

// Both have id 0x90 and the same layout.
TEST(Family, C3ChipsThatLookAlikeTakeBothTheirFamilies) {
  const ChipGuess guess = guess_chip(layout("04*016Kg,01*064Kg,03*128Kg"), 0x90);
  EXPECT_TRUE(may_be_of_family(guess, family_f4));
  EXPECT_TRUE(may_be_of_family(guess, family_f7));
  EXPECT_FALSE(may_be_of_family(guess, *uf2_family_id("STM32H7")));
}

}  // namespace
}  // namespace sysboot
