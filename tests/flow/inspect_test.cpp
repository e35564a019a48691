// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/inspect.hpp"

#include "support/bench.hpp"
#include "support/linked_program.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Inspect : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  static std::vector<bool> empty_ones(const Inspection& inspection) {
    std::vector<bool> out;
    for (const auto& use : inspection.sectors) out.push_back(use.empty);
    return out;
  }
};

TEST_F(Inspect, ChipMemoriesAndUse) {
  add_board(in_dfu_mode());
  host_.board("1-1").flash().load(0x0807FFFF, Bytes{0x00});  // the very last byte
  const Inspection seen = inspect(job(), {}, nullptr);
  EXPECT_THAT(seen.chip.lines, ElementsAre("STM32F411xE"));
  EXPECT_EQ(seen.chip.bootloader_id, 0xD0);
  EXPECT_THAT(seen.memories, SizeIs(4));
  EXPECT_THAT(empty_ones(seen), ElementsAre(false, true, true, true, true, true, true, false));
}

TEST_F(Inspect, WhatAnImageWouldChange) {
  add_board(in_dfu_mode());
  const Image image = support::image_of(support::program(20 * 1024));
  host_.board("1-1").flash().load(0x08004000, ByteView(image.segments[0].data).subspan(0x4000));
  const Inspection seen = inspect(job(), {}, &image);
  EXPECT_TRUE(seen.sectors[0].in_image);
  EXPECT_FALSE(seen.sectors[0].matches);
  EXPECT_TRUE(seen.sectors[1].in_image);
  EXPECT_TRUE(seen.sectors[1].matches);
  EXPECT_FALSE(seen.sectors[2].in_image);
}

TEST_F(Inspect, C1SaysWhyAnImageWouldBeRefused) {
  add_board(in_dfu_mode());
  Image image = support::LinkedProgram(0x08000000).at(0x08000000);
  EXPECT_FALSE(inspect(job(), {}, &image).objection);
  image = support::LinkedProgram(0x08004000).at(0x08000000);
  EXPECT_THAT(inspect(job(), {}, &image).objection.value_or(""),
              HasSubstr("linked for 0x08004000"));
  support::LinkedProgram other(0x08000000);
  other.word(0, 0x24080000);
  image = other.at(0x08000000);
  EXPECT_THAT(inspect(job(), {}, &image).objection.value_or(""),
              HasSubstr("not in the RAM of STM32F411xE"));
}

TEST_F(Inspect, ReadProtectionIsAFinding) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.read_protected = true;
  add_board(settings);
  const Inspection seen = inspect(job(), {}, nullptr);
  EXPECT_THAT(seen.sectors, IsEmpty());
  EXPECT_THAT(seen.unreadable.value_or(""), HasSubstr("errVENDOR"));
  EXPECT_FALSE(seen.chip.bootloader_id);
}

TEST_F(Inspect, D3AMemoryThatClaimsTooMuchIsLeftOutAlone) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates[2] = "@Big/0x90000000/1879048192*1 g";
  add_board(settings);
  const Inspection seen = inspect(job(), {}, nullptr);
  EXPECT_EQ(seen.flash.size(), 512U * 1024);
  EXPECT_FALSE(seen.memories[2].layout);
  EXPECT_THAT(seen.memories[2].problem, HasSubstr("1879048192 sectors"));
  EXPECT_TRUE(seen.memories[3].layout);
}

TEST_F(Inspect, D3FlashThatClaimsTooMuchIsRefused) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates = {"@Flash/0x08000000/4160749568*1 g"};
  add_board(settings);
  EXPECT_ERROR(inspect(job(), {}, nullptr), Errc::protocol,
               HasSubstr("4160749568 sectors, more than 65536"));
}

TEST_F(Inspect, VisitsARunningBoard) {
  auto& board = add_board();
  const Inspection seen = inspect(job(), {}, nullptr);
  EXPECT_THAT(seen.chip.lines, ElementsAre("STM32F411xE"));
  EXPECT_TRUE(seen.visit.run);
  EXPECT_NE(board.application(), nullptr) << "it is left as it was found";
}

TEST_F(Inspect, LeavesARunningBoardAloneIfItIsToldTo) {
  auto& board = add_board();
  VisitOptions options;
  options.enter.may_reboot = false;
  EXPECT_ERROR(inspect(job(), {}, nullptr, options), Errc::not_in_dfu_mode,
               HasSubstr("it runs its application"));
  EXPECT_EQ(board.generation(), 1U);
}

}  // namespace
}  // namespace sysboot
