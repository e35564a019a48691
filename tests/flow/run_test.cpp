// SPDX-License-Identifier: GPL-3.0-or-later
#include <tuple>

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Fault;
using testing::AllOf;
using testing::HasSubstr;

class Run : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
};

TEST_F(Run, StartsTheApplication) {
  add_board(in_dfu_mode());
  const RunResult result = run(job(), {}, flash_base, {});
  EXPECT_TRUE(result.left);
  ASSERT_TRUE(result.board);
  EXPECT_EQ(result.board->mode, BoardMode::application);
  EXPECT_EQ(result.problem(), std::nullopt);
}

TEST_F(Run, TheNextProgramCanOpenThePortAtOnce) {
  add_board(in_dfu_mode());
  const TimePoint start = host_.now();
  std::ignore = run(job(), {}, flash_base, {});
  const Duration took = host_.now() - start;

  std::ignore = enter(job(), {}, {});
  const TimePoint permitted = host_.now() + took + std::chrono::milliseconds(300);
  host_.refuse("/dev/ttyACM0", Error(Errc::not_permitted, "not yet"), permitted);
  std::ignore = run(job(), {}, flash_base, {});
  EXPECT_NO_THROW(host_.open_serial("/dev/ttyACM0"));
}

TEST_F(Run, AUserWhoMayNeverOpenThePortDoesNotWaitLong) {
  add_board(in_dfu_mode());
  host_.refuse("/dev/ttyACM0", Error(Errc::not_permitted, "no"));
  const TimePoint start = host_.now();
  EXPECT_TRUE(run(job(), {}, flash_base, {}).board);
  EXPECT_LT(host_.now() - start, std::chrono::seconds(2));
}

TEST_F(Run, StartsWhatIsElsewhereInFlash) {
  add_board(in_dfu_mode());
  host_.board("1-1").flash().load(0x08000000, Bytes(8, 0xFF));
  host_.board("1-1").flash().load(0x08008000, support::program(64, 1, 0x08008000));
  EXPECT_TRUE(run(job(), {}, 0x08008000, {}).board);
}

TEST_F(Run, ARunningBoardHasNothingToLeave) {
  add_board();
  EXPECT_ERROR(run(job(), {}, flash_base, {}), Errc::not_in_dfu_mode,
               HasSubstr("runs its application already"));
}

TEST_F(Run, WhatStartsNothingIsNotHeardOfAgain) {
  add_board(in_dfu_mode());
  host_.board("1-1").flash().load(0x08000000, Bytes{0, 0, 2, 0x20, 0xFF, 0xFF, 0xFF, 0xFF});
  RunOptions options;
  options.force = true;
  const RunResult result = run(job(), {}, flash_base, options);
  EXPECT_TRUE(result.left);
  EXPECT_FALSE(result.board);
  EXPECT_THAT(result.problem()->text(), HasSubstr("nothing came back"));
}

TEST_F(Run, AnErasedBoardStaysWhereItCanBeFlashed) {
  add_board(in_dfu_mode());
  host_.board("1-1").flash().load(0x08008000, Bytes(8, 0xFF));
  EXPECT_ERROR(run(job(), {}, 0x08008000, {}), Errc::no_program,
               AllOf(HasSubstr("board 1-1"), HasSubstr("no program at 0x08008000")));
  EXPECT_EQ(board_at(host_, "1-1")->mode, BoardMode::dfu);
}

TEST_F(Run, AFlashThatBrokeOffStaysThere) {
  add_board(in_dfu_mode());
  on_event_ = [&](const Event& event) {
    const auto* progress = std::get_if<StageProgress>(&event);
    if (progress != nullptr && progress->stage == Stage::erase) stop_ = true;
  };
  EXPECT_ERROR(flash(job(), {}, support::image_of(support::program(40000)), {}), Errc::interrupted,
               HasSubstr("stopped"));
  stop_ = false;
  on_event_ = {};
  EXPECT_ERROR(run(job(), {}, flash_base, {}), Errc::no_program, HasSubstr("0x08000000"));
}

TEST_F(Run, NothingIsReadPastTheEndOfFlash) {
  add_board(in_dfu_mode());
  EXPECT_ERROR(run(job(), {}, 0x0807FFFC, {}), Errc::no_program,
               HasSubstr("no program at 0x0807FFFC: flash ends there"));
}

TEST_F(Run, AReadThatFailsInPassingDoesNotStopIt) {
  for (const auto action : {Fault::Action::io_error, Fault::Action::stall}) {
    BoardSettings settings = in_dfu_mode();
    settings.faults = {{action, Fault::Point::read, 1}};
    add_board(settings, action == Fault::Action::stall ? "1-2" : "1-1");
  }
  EXPECT_TRUE(run(job(), {"", "1-1", ""}, flash_base, {}).board);
  EXPECT_TRUE(run(job(), {"", "1-2", ""}, flash_base, {}).board);
}

TEST_F(Run, AReadThatFailsAgainIsTold) {
  BoardSettings settings = in_dfu_mode();
  settings.faults.assign(4, {Fault::Action::io_error, Fault::Point::read, 1});
  add_board(settings);
  EXPECT_ERROR(run(job(), {}, flash_base, {}), Errc::usb_io, HasSubstr("board 1-1"));
}

TEST_F(Run, OutsideOfFlashTheDeviceSaysWhatItThinksOfIt) {
  allow_violations_ = true;
  add_board(in_dfu_mode());
  EXPECT_ERROR(run(job(), {}, 0x20000000, {}), Errc::protocol,
               AllOf(HasSubstr("board 1-1"), HasSubstr("0x20000000"), HasSubstr("errTARGET")));
}

TEST_F(Run, ReadProtectedBoardsRunToo) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.read_protected = true;
  settings.rom.leaves_when_protected = true;
  add_board(settings);
  EXPECT_TRUE(run(job(), {}, flash_base, {}).board);
}

}  // namespace
}  // namespace sysboot
