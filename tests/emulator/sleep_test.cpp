// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Sleep, SysTickEndsItOnTime) {
  Bench bench("sleep", 0);
  bench.machine.run_for(microseconds(9'990));
  EXPECT_THAT(bench.notes(), IsEmpty());
  EXPECT_THAT(bench.notes_after(microseconds(50)), ElementsAre(10));
}

TEST(Sleep, TakesNoTimeToPass) {
  Bench bench("sleep", 0);
  const auto begin = std::chrono::steady_clock::now();
  bench.machine.run_for(std::chrono::minutes(5));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_GE(bench.machine.now(), Time(std::chrono::minutes(5)));
}

TEST(Sleep, CycleCounterAndSysTickAgree) {
  const auto notes = Bench("sleep", 1).notes_after(milliseconds(10));
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_NEAR(notes[0], notes[1], 20);
  EXPECT_GT(notes[0], 1000U * 6) << "a loop of six instructions or more";
  EXPECT_EQ(notes[2], 0U);
}

TEST(Sleep, SysTickCountsDownOnceFromWhatItWasReloadedWith) {
  Bench bench("sleep", 5);
  bench.machine.run_for(microseconds(990));
  EXPECT_EQ(bench.get("ticks"), 0U);
  bench.machine.run_for(microseconds(20));
  EXPECT_EQ(bench.get("ticks"), 1U);
  bench.machine.run_for(milliseconds(100));
  EXPECT_EQ(bench.get("ticks"), 2U);
  EXPECT_TRUE(bench.machine.is_asleep());
}

TEST(Sleep, EndsWithoutHandlerWhileMasked) {
  EXPECT_THAT(Bench("sleep", 2).notes_after(milliseconds(5)), ElementsAre(0, 1 << 26, 1));
}

TEST(Sleep, GoesOnAfterEachHandlerWithSleepOnExit) {
  EXPECT_THAT(Bench("sleep", 3).notes_after(milliseconds(10)), ElementsAre(1, 2, 3, 0xAA));
}

TEST(Sleep, EventsEndWfe) {
  EXPECT_THAT(Bench("sleep", 4).notes_after(milliseconds(10)), ElementsAre(1, 2));
}

// The same program, in one run and in many, does the same at the same times.
TEST(Time, DoesNotDependOnHowItIsSliced) {
  Bench whole("exceptions", 4);
  whole.machine.run_for(milliseconds(2));
  Bench sliced("exceptions", 4);
  while (sliced.machine.now() < whole.machine.now()) sliced.machine.run_for(Time(12'345'678));
  EXPECT_EQ(whole.notes(), sliced.notes());
  Bench stepped("sleep", 1);
  while (stepped.machine.now() < milliseconds(3)) stepped.machine.step(1000);
  // Where in a block the counter is read makes a difference of some cycles.
  const auto in_blocks = Bench("sleep", 1).notes_after(milliseconds(3));
  ASSERT_EQ(stepped.notes().size(), in_blocks.size());
  EXPECT_NEAR(stepped.notes()[0], in_blocks[0], 50);
}

}  // namespace
}  // namespace emulator
