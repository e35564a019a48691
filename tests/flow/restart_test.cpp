// SPDX-License-Identifier: GPL-3.0-or-later
// Restarting an application, whichever mode the board is in.
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::ElementsAre;
using testing::HasSubstr;

using Restart = support::Bench;

TEST_F(Restart, ARunningApplicationByWayOfTheBootloader) {
  auto& board = add_board();
  const auto before = board.generation();
  const Visit visit = restart(job(), {}, {});
  EXPECT_EQ(board.generation(), before + 2) << "into the bootloader, and out of it";
  EXPECT_NE(board.application(), nullptr);
  EXPECT_FALSE(visit.problem());
  EXPECT_THAT(stages(), ElementsAre(Stage::find, Stage::enter, Stage::run));
}

TEST_F(Restart, ABoardInDfuModeIsStarted) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  auto& board = add_board(settings);
  EXPECT_FALSE(restart(job(), {}, {}).problem());
  EXPECT_NE(board.application(), nullptr);
}

TEST_F(Restart, WhatHasNoProgramStaysInDfuMode) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  auto& board = add_board(settings);
  board.flash().load(0x08000000, Bytes(16 * std::size_t{1024}, 0xFF));
  EXPECT_ERROR(restart(job(), {}, {}), Errc::no_program, HasSubstr("are erased"));
  EXPECT_NE(board.rom(), nullptr);
}

TEST_F(Restart, AnApplicationThatDoesNotComeBackIsTold) {
  BoardSettings settings;
  settings.application_start = std::chrono::seconds(60);
  add_board(settings);
  const auto problem = restart(job(), {}, {}).problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->code(), Errc::application_missing);
}

}  // namespace
}  // namespace sysboot
