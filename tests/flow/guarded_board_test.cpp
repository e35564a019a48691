// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual board with guard on it: what comes up, and when.
#include "sysboot/virtual/guard.hpp"

#include "support/bench.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::program;
using support::VirtualBoard;

constexpr std::uint32_t application = 0x08004000;

class GuardedBoard : public support::Bench {
 protected:
  VirtualBoard& add(int bounces = 0) {
    BoardSettings settings;
    settings.guarded = true;
    settings.bounces = bounces;
    return add_board(std::move(settings));
  }
  VirtualBoard& board() { return host_.board("1-1"); }
  void break_application() { board().flash().load(application, Bytes(8, 0xFF)); }
  void wait() { host_.sleep(std::chrono::seconds(2)); }
  void power_cycle(bool boot0_held = false) {
    board().unplug(host_.now());
    host_.sleep(std::chrono::seconds(1));
    board().plug_in(host_.now(), boot0_held);
    wait();
  }
  void enter() {
    board().enter_rom(host_.now());
    wait();
    ASSERT_TRUE(board().in_rom());
  }
  bool runs_application() { return board().application() != nullptr; }
  RunResult leave_to(std::uint32_t address) {
    RunOptions options;
    options.force = true;
    return run(job(), {}, address, options);
  }
};

TEST_F(GuardedBoard, 176StartsAnApplicationThatIsWhole) {
  add();
  EXPECT_TRUE(runs_application());
  power_cycle();
  EXPECT_TRUE(runs_application());
  board().flash().load(application, program(20000, 1, application));
  power_cycle();
  EXPECT_TRUE(runs_application());
}

TEST_F(GuardedBoard, 176StartsTheRomWhereTheApplicationIsNotWhole) {
  add();
  break_application();
  power_cycle();
  EXPECT_TRUE(board().in_rom());
}

TEST_F(GuardedBoard, 176WithoutGuardNothingStarts) {
  add();
  break_application();
  board().flash().load(flash_base, Bytes(1024, 0xFF));
  power_cycle();
  EXPECT_EQ(board().function(), nullptr);
  power_cycle(true);
  EXPECT_TRUE(board().in_rom());
}

TEST_F(GuardedBoard, 176Boot0ComesFirst) {
  add();
  power_cycle(true);
  EXPECT_TRUE(board().in_rom());
}

TEST_F(GuardedBoard, 176LeavesThroughGuard) {
  add();
  enter();
  const RunResult left = leave_to(flash_base);
  EXPECT_TRUE(left.left);
  EXPECT_TRUE(left.board.has_value());
  EXPECT_TRUE(runs_application());
}

TEST_F(GuardedBoard, 176LeavesThroughGuardIntoTheRomWhereTheApplicationIsNotWhole) {
  add();
  enter();
  board().flash().load(application, Bytes(8, 0));
  const RunResult left = leave_to(flash_base);
  EXPECT_EQ(left.problem()->text(), "the bootloader came back, not the application");
  EXPECT_TRUE(board().in_rom());
  EXPECT_EQ(board().generation(), 3U) << "application, ROM, ROM";
}

TEST_F(GuardedBoard, 176LeavesStraightIntoTheApplication) {
  add();
  enter();
  EXPECT_TRUE(leave_to(application).board.has_value());
  EXPECT_TRUE(runs_application());
}

TEST_F(GuardedBoard, 176OnRequestARomThatBouncesIsEnteredThreeTimes) {
  add(2);
  enter();
  EXPECT_EQ(board().generation(), 2U) << "nobody has seen it bounce";
  power_cycle();
  board().settings().bounces = 3;
  board().enter_rom(host_.now());
  wait();
  EXPECT_TRUE(runs_application());
  EXPECT_EQ(board().settings().bounces, 0);
}

TEST_F(GuardedBoard, 176WithoutAnApplicationARomThatBouncesIsEnteredForEver) {
  add();
  break_application();
  board().settings().bounces = 5;
  power_cycle();
  EXPECT_TRUE(board().in_rom());
}

}  // namespace
}  // namespace sysboot
