// SPDX-License-Identifier: GPL-3.0-or-later
// firmware/sysboot in an application such as STM32CubeMX makes: with each store, checked in main()
// and asked for from an interrupt, from the main loop and from a thread.
#include "emulator/rom/entry.hpp"
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// As in firmware/cubemx.c.
enum Scenario : std::uint32_t { by_button, from_main, from_thread };

class CubeMx : public testing::TestWithParam<const char*> {
 protected:
  std::string program() const { return std::string("cubemx_") + GetParam(); }

  static void expect_clean_rom_entry(const Bench& bench) {
    EXPECT_TRUE(bench.machine.in_rom());
    EXPECT_THAT(rom_entry_violations(bench.machine), IsEmpty());
    EXPECT_THAT(bench.reports(), IsEmpty());
    EXPECT_THAT(bench.notes(), ElementsAre(0)) << "it started once, and nobody had asked";
  }
};

INSTANTIATE_TEST_SUITE_P(Store, CubeMx, testing::Values("reserved", "stack_offset", "rtc"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(CubeMx, ButtonHeldForASecondAsksInItsInterrupt) {
  Bench bench(program(), by_button);
  const auto hold = [&](int ms) {
    bench.machine.chip().gpio('A').drive(0, false);
    bench.machine.run_for(milliseconds(ms));
    bench.machine.chip().gpio('A').drive(0, std::nullopt);
    bench.machine.run_for(milliseconds(1));
  };
  bench.machine.run_for(milliseconds(10));
  hold(900);
  EXPECT_FALSE(bench.machine.in_rom());
  hold(1100);
  expect_clean_rom_entry(bench);
}

TEST_P(CubeMx, MainLoopAsks) {
  Bench bench(program(), from_main);
  bench.machine.run_for(milliseconds(1));
  expect_clean_rom_entry(bench);
}

TEST_P(CubeMx, ThreadAsks) {
  Bench bench(program(), from_thread);
  bench.machine.run_for(milliseconds(1));
  expect_clean_rom_entry(bench);
}

TEST_P(CubeMx, IsToldThatTheRomHasRun) {
  Bench bench(program(), from_main);
  bench.machine.run_for(milliseconds(1));
  ASSERT_TRUE(bench.machine.in_rom());
  bench.set("scenario", by_button);
  bench.machine.leave_rom(flash_base);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0, 1));
  bench.machine.reset(ResetCause::software);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0, 1, 0));
}

}  // namespace
}  // namespace emulator
