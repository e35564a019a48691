// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// CFSR, HFSR
constexpr std::uint32_t undefined = 1U << 16;
constexpr std::uint32_t precise_with_address = 0x8200;
constexpr std::uint32_t forced = 1U << 30;
constexpr std::uint32_t debug_event = 1U << 31;

TEST(Faults, UsageFaultReturnsToTheInstruction) {
  Bench bench("faults", 0);
  const auto notes = bench.notes_after(milliseconds(1));
  EXPECT_THAT(notes, ElementsAre(6, undefined, 0, bench.machine.symbol("the_udf"), 1));
  EXPECT_THAT(bench.reports(), ElementsAre(HasSubstr("fault: undefined instruction at")));
}

TEST(Faults, EscalateToHardFault) {
  Bench bench("faults", 1);
  const auto notes = bench.notes_after(milliseconds(1));
  ASSERT_EQ(notes.size(), 5U);
  EXPECT_EQ(notes[0], 3U);
  EXPECT_EQ(notes[1], undefined);
  EXPECT_EQ(notes[2], forced);
}

TEST(Faults, BusErrorKnowsItsAddress) {
  Bench bench("faults", 2);
  bench.machine.reports().fatal.erase(Finding::unmodelled);
  const auto notes = bench.notes_after(milliseconds(1));
  ASSERT_EQ(notes.size(), 5U);
  EXPECT_EQ(notes[0], 5U);
  EXPECT_EQ(notes[1], precise_with_address);
  EXPECT_EQ(notes[4], 0x60000000U);
}

TEST(Faults, AccessToNowhereStopsTheMachine) {
  Bench bench("faults", 2);
  bench.machine.run_for(milliseconds(1));
  ASSERT_TRUE(bench.machine.is_stopped());
  EXPECT_THAT(bench.machine.reports().stopped_by()->text,
              HasSubstr("unmodelled: read from 0x60000000, where no memory is at 0x0800"));
}

// The instructions before the first floating-point one have run once, and only once.
TEST(Faults, FpuOffIsNoticedAtTheInstruction) {
  Bench bench("faults", 3);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0xF9, 0x41400000)) << "12.0";
}

TEST(Faults, BreakpointWithoutDebugger) {
  Bench bench("faults", 4);
  const auto notes = bench.notes_after(milliseconds(1));
  ASSERT_EQ(notes.size(), 5U);
  EXPECT_EQ(notes[0], 3U);
  EXPECT_EQ(notes[2] & debug_event, debug_event);
}

TEST(Faults, TwiceIsLockup) {
  Bench bench("faults", 5);
  bench.machine.reports().fatal = {Finding::lockup};
  bench.machine.run_for(milliseconds(1));
  ASSERT_TRUE(bench.machine.is_stopped());
  EXPECT_EQ(bench.machine.reports().stopped_by()->finding, Finding::lockup);
}

TEST(Faults, LockupEndsWithAReset) {
  Bench bench("faults", 5);
  bench.machine.reports().fatal.clear();
  bench.machine.run_for(milliseconds(1));
  ASSERT_TRUE(bench.machine.core().locked_up());
  bench.set("scenario", 1);
  bench.set("note_count", 0);
  bench.machine.reset(ResetCause::pin);
  EXPECT_EQ(bench.notes_after(milliseconds(1)).size(), 5U);
}

TEST(Faults, BlankFlashHangs) {
  Machine machine;
  machine.reports().fatal.clear();
  machine.power_on();
  machine.run_for(milliseconds(1));
  EXPECT_TRUE(machine.core().locked_up());
  EXPECT_GE(machine.now(), milliseconds(1)) << "time goes on";
}

}  // namespace
}  // namespace emulator
