// SPDX-License-Identifier: GPL-3.0-or-later
#include "chip/loadable_ram.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace sysboot {
namespace {

std::optional<RamRange> of(const std::string& sectors, std::optional<std::uint8_t> id) {
  const MemoryLayout flash = parse_layout("@Internal Flash  /0x08000000/" + sectors);
  return common_loadable_ram(possible_chips(flash, id));
}

void expect_range(const std::optional<RamRange>& range, std::uint32_t first, std::uint32_t end) {
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, first);
  EXPECT_EQ(range->end, end);
}

TEST(LoadableRam, 182TheIdByteTellsOneChip) {
  expect_range(of("04*016Kg,01*064Kg,03*128Kg", 0xD0), 0x20003000, 0x20020000);  // F411
  expect_range(of("04*016Kg,01*064Kg,03*128Kg", 0xD1), 0x20003000, 0x20018000);  // F401
  expect_range(of("04*016Kg,01*064Kg,011*128Kg", {}), 0x20003000, 0x20050000);   // F413xH alone
}

// The F412 and the F722 need 16 KiB for themselves, the F401xE has 96.
TEST(LoadableRam, 182WhatLooksAlikeGetsWhatEachTakes) {
  expect_range(of("04*016Kg,01*064Kg,03*128Kg", {}), 0x20004000, 0x20018000);
  expect_range(of("04*016Kg,01*064Kg,07*128Kg", {}), 0x20004000, 0x20020000);
  expect_range(of("04*016Kg,01*064Kg,01*128Kg", {}), 0x20004000, 0x20010000);
}

TEST(LoadableRam, 182NothingIsKnownOfOthers) {
  EXPECT_FALSE(of("16*128Kg", {})) << "H743";
  EXPECT_FALSE(of("64*02Kg", {})) << "F072 among others";
  EXPECT_FALSE(of("07*003Kg", {})) << "no known chip";
  std::vector<Chip> chips =
      possible_chips(parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg"), 0xD0);
  chips.push_back(known_chips().back());
  EXPECT_FALSE(common_loadable_ram(chips)) << "one of them is not known";
}

// A row is of a chip, and within its RAM.
TEST(LoadableRam, 182RowsFitTheChips) {
  for (const LoadableRam& row : loadable_ram()) {
    const auto& chips = known_chips();
    const auto chip = std::find_if(chips.begin(), chips.end(),
                                   [&](const Chip& one) { return loadable_ram(one) == &row; });
    ASSERT_NE(chip, chips.end()) << row.line;
    EXPECT_TRUE(std::any_of(chip->ram.begin(), chip->ram.end(), [&](const RamRange& range) {
      return range.first < row.range.first && row.range.end <= range.end;
    })) << row.line;
    EXPECT_GE(row.range.first, 0x20002000U) << row.line;
    EXPECT_EQ(row.range.first % ram_table_alignment, 0U) << row.line;
  }
}

}  // namespace
}  // namespace sysboot
