// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum Scenario : std::uint32_t {
  pll,
  no_crystal,
  too_fast,
  clock_off,
  unmodelled,
  nothing_there,
  pins,
  button,
  serial,
  timer,
  remap,
  identity,
  backup_clock,
};

std::string stopped_by(Bench& bench) {
  bench.machine.run_for(milliseconds(5));
  const Report* report = bench.machine.reports().stopped_by();
  return report == nullptr ? "nothing" : report->text;
}

TEST(Clocks, PllFromTheCrystal) {
  Bench bench("peripherals", pll);
  EXPECT_THAT(bench.notes_after(milliseconds(5)), ElementsAre(0x100A));
  EXPECT_EQ(bench.machine.chip().rcc.tree().hclk, 96'000'000U);
  EXPECT_EQ(bench.machine.chip().rcc.tree().pclk1, 48'000'000U);
  EXPECT_EQ(bench.machine.chip().rcc.usb_clock(), 48'000'000U);
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(Clocks, CrystalThatDoesNotStart) {
  MachineSettings settings;
  settings.board.oscillators.hse_starts = false;
  Bench bench("peripherals", no_crystal, settings);
  EXPECT_THAT(bench.notes_after(milliseconds(50)), ElementsAre(0));
}

TEST(Clocks, TooFastForFlashIsReported) {
  Bench bench("peripherals", too_fast);
  EXPECT_THAT(stopped_by(bench), HasSubstr("misuse: RCC_CFGR (0x40023808): "));
}

TEST(Unmodelled, IsNamedWithItsPlaceAndStopsTheRun) {
  Bench bench("peripherals", unmodelled);
  EXPECT_THAT(stopped_by(bench),
              testing::StartsWith("unmodelled: write of 0x00000003 to SDIO_POWER (0x40012C00)"));
  EXPECT_THAT(stopped_by(bench), HasSubstr(" at 0x0800"));
}

TEST(Unmodelled, NothingIsThere) {
  Bench bench("peripherals", nothing_there);
  EXPECT_THAT(stopped_by(bench), HasSubstr("read from 0x40022000, where nothing is at 0x0800"));
}

TEST(Unmodelled, WithoutAClockNothingAnswers) {
  Bench bench("peripherals", clock_off);
  EXPECT_THAT(stopped_by(bench), HasSubstr("clock off: write to GPIOC_MODER (0x40020800)"));
}

TEST(Pins, OutputsPullUpsAndBitBands) {
  EXPECT_THAT(Bench("peripherals", pins).notes_after(milliseconds(1)), ElementsAre(1 << 13, 1, 0));
}

TEST(Pins, AFallingEdgeInterrupts) {
  Bench bench("peripherals", button);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), IsEmpty());
  bench.machine.chip().gpio('A').drive(0, false);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0xE0));
  bench.machine.chip().gpio('A').drive(0, std::nullopt);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0xE0));
}

TEST(SerialPort, SendsAtItsRateAndReceives) {
  Bench bench("peripherals", serial);
  bench.machine.run_for(microseconds(300));
  EXPECT_LT(bench.machine.chip().usart(1).sent().size(), 6U) << "6 bytes take 521 us";
  bench.machine.run_for(microseconds(400));
  EXPECT_EQ(bench.machine.chip().usart(1).sent(), "hello\n");
  bench.machine.chip().usart(1).receive("x");
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre('x'));
}

TEST(TimerInterrupts, ComeOnTime) {
  Bench bench("peripherals", timer);
  EXPECT_EQ(bench.notes_after(microseconds(2'500)).size(), 2U);
  EXPECT_THAT(bench.notes_after(milliseconds(10)), ElementsAre(1, 1, 1, 1, 1));
}

TEST(MemoryAt0, IsWhatSyscfgSays) {
  EXPECT_THAT(Bench("peripherals", remap).notes_after(milliseconds(1)),
              ElementsAre(1, 1, 0xABCD, 0x1234, 1));
}

TEST(Identity, IsAnF411s) {
  EXPECT_THAT(Bench("peripherals", identity).notes_after(milliseconds(1)),
              ElementsAre(0x002F0037, 512, 0x431, 0xD0));
}

TEST(RealTimeClock, TurnsTheYear) {
  EXPECT_THAT(Bench("peripherals", backup_clock).notes_after(milliseconds(4000)),
              ElementsAre(1, 0x24E101));
}

}  // namespace
}  // namespace emulator
