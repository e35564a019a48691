// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/chip.hpp"

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

TEST(Chip, LooksForTheIdByteWhereItMayBe) {
  EXPECT_THAT(bootloader_id_addresses(flash("04*016Kg,01*064Kg,03*128Kg")), Contains(0x1FFF76DEU));
  EXPECT_THAT(bootloader_id_addresses(flash("04*016Kg,01*064Kg,07*128Kg")), SizeIs(2));
}

}  // namespace
}  // namespace sysboot
