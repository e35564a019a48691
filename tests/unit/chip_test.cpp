// SPDX-License-Identifier: GPL-3.0-or-later
#include "chip/chip.hpp"

#include <gmock/gmock.h>

namespace sysboot {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

MemoryLayout flash(const std::string& sectors) {
  return parse_layout("@Internal Flash  /0x08000000/" + sectors);
}

TEST(Chip, TheIdByteTellsF411FromItsSiblings) {
  const MemoryLayout layout = flash("04*016Kg,01*064Kg,03*128Kg");
  const ChipGuess guess = guess_chip(layout, 0xD0);
  EXPECT_THAT(guess.lines, ElementsAre("STM32F411xE"));
  EXPECT_TRUE(guess.certain());
  EXPECT_EQ(guess.describe(), "STM32F411xE (bootloader id 0xD0)");
}

TEST(Chip, TheLayoutAloneLeavesSeveral) {
  const ChipGuess guess = guess_chip(flash("04*016Kg,01*064Kg,03*128Kg"), std::nullopt);
  EXPECT_THAT(guess.lines, Contains("STM32F411xE"));
  EXPECT_THAT(guess.lines, Contains("STM32F401xE"));
  EXPECT_FALSE(guess.certain());
}

// 128 pages of 2 KiB were listed of an STM32U083CC; an STM32C071 has 64 at most (RM0490 table 8).
TEST(Chip, 183PartsThatWereTakenForOthers) {
  EXPECT_THAT(guess_chip(flash("128*02Kg"), 0xD0).lines, ElementsAre("STM32U073/083xC"));
  EXPECT_THAT(guess_chip(flash("64*02Kg"), std::nullopt).lines,
              testing::AllOf(Contains("STM32C071xB"), Contains("STM32G0B1xB")));
  EXPECT_THAT(guess_chip(flash("0256*0002Kg"), 0x92).lines, Contains("STM32L452/462xE"));
  EXPECT_THAT(guess_chip(flash("512*02Kg"), std::nullopt).lines, ElementsAre("STM32L476xG"));
}

TEST(Chip, 183PagesOf4KiB) {
  EXPECT_THAT(guess_chip(flash("256*04Kg"), std::nullopt).lines, ElementsAre("STM32WB55xG"));
  EXPECT_THAT(guess_chip(flash("128*04Kg"), std::nullopt).lines, ElementsAre("STM32G474xE"));
  EXPECT_EQ(program_unit(flash("128*04Kg")), 8U);
}

TEST(Chip, AnUnknownIdByteLeavesWhatTheLayoutSays) {
  const ChipGuess guess = guess_chip(flash("04*016Kg,01*064Kg,03*128Kg"), 0x77);
  EXPECT_FALSE(guess.certain());
  EXPECT_THAT(guess.lines, Contains("STM32F411xE"));
}

TEST(Chip, AnUnknownLayoutIsUnknown) {
  const ChipGuess guess = guess_chip(flash("07*003Kg"), std::nullopt);
  EXPECT_THAT(guess.lines, IsEmpty());
  EXPECT_EQ(guess.describe(), "unknown");
  EXPECT_THAT(bootloader_id_addresses(flash("07*003Kg")), IsEmpty());
}

TEST(Chip, LinesThatProgramByTheirSupply) {
  for (const Chip& chip : known_chips()) {
    const bool by_voltage = chip.line.starts_with("STM32F2") || chip.line.starts_with("STM32F4") ||
                            chip.line.starts_with("STM32F7");
    std::string sectors(chip.flash);
    for (std::size_t at = 0; (at = sectors.find(',', at)) != std::string::npos; at += 2) {
      sectors.insert(at, "g");
    }
    EXPECT_EQ(programs_by_voltage(flash(sectors + "g")), by_voltage) << chip.line;
  }
}

TEST(Chip, C2EachHasRam) {
  for (const Chip& chip : known_chips()) {
    EXPECT_FALSE(chip.ram.empty()) << chip.line;
    for (const RamRange& range : chip.ram) EXPECT_LT(range.first, range.end) << chip.line;
    EXPECT_TRUE(fits_ram({chip}, 0x20001000)) << chip.line;
    EXPECT_FALSE(fits_ram({chip}, 0x08020000)) << chip.line;
  }
}

bool fits(const std::string& sectors, std::optional<std::uint8_t> id, std::uint32_t sp) {
  return fits_ram(possible_chips(flash(sectors), id), sp);
}

TEST(Chip, C2TheStackIsInTheRamOfThatChip) {
  const std::string e = "04*016Kg,01*064Kg,03*128Kg";
  EXPECT_TRUE(fits(e, 0xD0, 0x20020000)) << "F411";
  EXPECT_TRUE(fits(e, 0xD0, 0x2001FFFF)) << "the two low bits do not count";
  EXPECT_FALSE(fits(e, 0xD0, 0x20020004));
  EXPECT_FALSE(fits(e, 0xD0, 0x20000000)) << "no room";
  EXPECT_FALSE(fits(e, 0xD0, 0x24080000)) << "H7";
  EXPECT_FALSE(fits(e, 0xD0, 0x10010000)) << "an F411 has no CCM";
  EXPECT_FALSE(fits(e, 0xD1, 0x20020000)) << "F401";
  EXPECT_TRUE(fits(e, 0x91, 0x10010000)) << "F405 has";
  EXPECT_TRUE(fits("016*128Kg", std::nullopt, 0x24080000)) << "H743";
  EXPECT_TRUE(fits("016*128Kg", std::nullopt, 0x38801000));
  EXPECT_FALSE(fits("32*001Kg", std::nullopt, 0x20020000)) << "F042";
}

TEST(Chip, C2WhatIsNotKnownIsLeftOpen) {
  const std::string e = "04*016Kg,01*064Kg,03*128Kg";
  EXPECT_TRUE(fits(e, std::nullopt, 0x20040000)) << "F412, F722";
  EXPECT_TRUE(fits(e, 0x77, 0x20040000)) << "an id byte that none has";
  EXPECT_TRUE(fits(e, 0x90, 0x20050000)) << "F469, beside F446 and F412";
  EXPECT_THAT(possible_chips(flash("07*003Kg"), std::nullopt), IsEmpty());
}

TEST(Chip, C2TheIdByteIsTakenFromWhereTheChipHasIt) {
  const MemoryLayout layout = flash("04*016Kg,01*064Kg,07*128Kg");
  EXPECT_TRUE(is_bootloader_id(layout, 0x1FFF77DE, 0x31));
  EXPECT_FALSE(is_bootloader_id(layout, 0x1FFF76DE, 0x31));
  EXPECT_FALSE(is_bootloader_id(layout, 0x1FFF77DE, 0x90));
}

TEST(Chip, LooksForTheIdByteWhereItMayBe) {
  EXPECT_THAT(bootloader_id_addresses(flash("04*016Kg,01*064Kg,03*128Kg")), Contains(0x1FFF76DEU));
  EXPECT_THAT(bootloader_id_addresses(flash("04*016Kg,01*064Kg,07*128Kg")), SizeIs(2));
}

}  // namespace
}  // namespace sysboot
