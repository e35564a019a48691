// SPDX-License-Identifier: GPL-3.0-or-later
#include "chip/chip.hpp"

#include <gmock/gmock.h>

#include "sysboot/virtual/chip.hpp"

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
    EXPECT_EQ(programs_by_voltage(chip.layout()), by_voltage) << chip.line;
  }
}

template <typename Value>
void expect_source(const Known<Value>& fact) {
  EXPECT_EQ(fact.is_known(), !fact.source.empty());
}

// The table is read by people as well.
TEST(Chip, 183EachFactHasItsSource) {
  for (const Chip& chip : known_chips()) {
    SCOPED_TRACE(chip.line);
    EXPECT_TRUE(chip.manual.starts_with("RM0"));
    if (chip.rom == nullptr) continue;
    const RomFacts& rom = *chip.rom;
    expect_source(rom.alternates);
    expect_source(rom.product);
    expect_source(rom.release);
    expect_source(rom.serial);
    expect_source(rom.transfer_size);
    expect_source(rom.erase_poll_ms);
    expect_source(rom.other_poll_ms);
    expect_source(rom.options);
    expect_source(rom.erase_ms);
    expect_source(rom.ram);
    for (const Known<Quirk>& quirk : rom.quirks) {
      expect_source(quirk);
      EXPECT_TRUE(quirk.is_known());
      EXPECT_NE(to_string(quirk.value), "");
    }
  }
}

// Zephyr's device tree; and a page of EEPROM takes as long as a word of it.
TEST(Chip, 183VirtualOnesTakeTheTimeThatIsKnown) {
  using std::chrono::milliseconds;
  EXPECT_EQ(virtual_bench::rom_of("stm32u575").times.of_sector(8192), milliseconds(5));
  EXPECT_EQ(virtual_bench::rom_of("stm32h563").times.of_sector(8192), milliseconds(5));
  EXPECT_EQ(virtual_bench::rom_of("stm32c071").times.of_sector(2048), milliseconds(40));
  EXPECT_EQ(virtual_bench::rom_of("stm32u083").times.of_sector(2048), milliseconds(40));
  EXPECT_EQ(virtual_bench::rom_of("stm32l072").times.program, milliseconds(4));
}

TEST(Chip, 183NamesFitTheRows) {
  std::set<std::string_view> names;
  for (const Chip& chip : known_chips()) {
    if (chip.rom == nullptr) continue;
    SCOPED_TRACE(chip.rom->name);
    EXPECT_TRUE(names.insert(chip.rom->name).second) << "twice";
    if (!chip.rom->alternates.is_known()) continue;
    const MemoryLayout listed = parse_layout(chip.rom->alternates.value.front());
    EXPECT_EQ(listed.runs, chip.layout().runs);
  }
  EXPECT_THAT(
      names, testing::IsSupersetOf({"stm32f401", "stm32f405", "stm32f411", "stm32f413", "stm32f429",
                                    "stm32f072", "stm32f303", "stm32f767", "stm32g0b1", "stm32g474",
                                    "stm32g474-1b", "stm32h743", "stm32h563", "stm32l476",
                                    "stm32l072", "stm32u575", "stm32c071", "stm32wb55"}));
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
