// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Exceptions, NestByPriorityAndFollowEachOther) {
  Bench bench("exceptions", 0);
  // PendSV before anything else is pending; then low, interrupted by high, which leaves low and
  // middle pending; low again, interrupted by high again.
  EXPECT_THAT(bench.notes_after(milliseconds(1)),
              ElementsAre(0xE0, 0x60, 0x80, 0x81, 0x70, 0x61, 0x60, 0x80, 0x81, 0x70, 0x61, 1));
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(Exceptions, OfOneGroupDoNotInterruptEachOther) {
  Bench bench("exceptions", 1);
  EXPECT_THAT(bench.notes_after(milliseconds(1)),
              ElementsAre(0x60, 0x61, 0x80, 0x81, 0x60, 0x61, 0x80, 0x81, 2));
}

TEST(Exceptions, WaitForPrimaskBasepriAndFaultmask) {
  Bench bench("exceptions", 2);
  EXPECT_THAT(bench.notes_after(milliseconds(1)),
              ElementsAre(1, 0x70, 2, 3, 0x70, 4, 5, 0x70, 6, 0x70, 7));
}

TEST(Exceptions, StackOnTheStackInUseAlignedToEightBytes) {
  Bench bench("exceptions", 3);
  // SVC number, EXC_RETURN, alignment bit; then CONTROL and PRIMASK without privilege.
  EXPECT_THAT(bench.notes_after(milliseconds(1)),
              ElementsAre(1, 0xFFFFFFF9, 0, 2, 0xFFFFFFF9, 1 << 9, 3, 0, 3, 0xFFFFFFFD, 0, 2));
}

// At every single instruction, and the program never notices.
TEST(Exceptions, LeaveTheProgramAsItWas) {
  Bench undisturbed("exceptions", 4);
  const auto expected = undisturbed.notes_after(milliseconds(1));
  ASSERT_EQ(expected.size(), 2U);
  Bench probe("exceptions", 4);
  ASSERT_TRUE(probe.machine.run_to("compute"));
  const Address back = probe.machine.cpu().r(14) & ~1U;
  unsigned length = 0;
  for (; probe.machine.cpu().pc() != back; ++length) probe.machine.step();
  ASSERT_GT(length, 50U);
  for (unsigned at = 0; at < length; ++at) {
    Bench bench("exceptions", 4);
    ASSERT_TRUE(bench.machine.run_to("compute"));
    bench.machine.step(at);
    bench.machine.exceptions().set_pending(first_irq + 5, true);
    const auto notes = bench.notes_after(milliseconds(1));
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_EQ(notes[0], expected[0]) << "interrupted after " << at << " instructions";
    EXPECT_EQ(notes[1], 1U);
    ASSERT_THAT(bench.reports(), IsEmpty());
  }
}

TEST(Exceptions, OnceEachAlsoWhenTheLineStaysHigh) {
  Exceptions exceptions;
  exceptions.reset();
  exceptions.set_enabled(first_irq + 3, true);
  exceptions.set_line(3, true);
  ASSERT_EQ(exceptions.next({}), first_irq + 3);
  exceptions.activate(first_irq + 3);
  EXPECT_FALSE(exceptions.next({})) << "the handler runs, and the line has not changed";
  exceptions.deactivate(first_irq + 3);
  EXPECT_EQ(exceptions.next({}), first_irq + 3) << "nobody has answered it";
  exceptions.set_line(3, false);
  exceptions.set_pending(first_irq + 3, false);
  EXPECT_FALSE(exceptions.next({}));
}

TEST(Exceptions, ALineWithTwoSourcesFallsWithTheLast) {
  Exceptions exceptions;
  exceptions.reset();
  exceptions.set_line(25, true, 0);
  exceptions.set_line(25, true, 1);
  exceptions.set_line(25, false, 0);
  exceptions.set_pending(first_irq + 25, false);
  EXPECT_TRUE(exceptions.is_pending(first_irq + 25));
  exceptions.set_line(25, false, 1);
  exceptions.set_pending(first_irq + 25, false);
  EXPECT_FALSE(exceptions.is_pending(first_irq + 25));
}

}  // namespace
}  // namespace emulator
