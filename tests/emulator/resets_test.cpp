// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// RCC_CSR
constexpr std::uint32_t power = 0x0E000000;
constexpr std::uint32_t pin = 0x04000000;
constexpr std::uint32_t software = 0x14000000;
constexpr std::uint32_t watchdog = 0x24000000;
constexpr std::uint32_t window_watchdog = 0x44000000;
constexpr std::uint32_t written = 0xC0FFEE;

TEST(Resets, SoftwareResetKeepsRamAndTellsItself) {
  Bench bench("resets", 1);
  const std::uint32_t noise = bench.get("survivor");
  EXPECT_THAT(bench.notes_after(milliseconds(5)), ElementsAre(power, noise, software, noise));
}

TEST(Resets, RamIsNoiseAfterPowerOn) {
  MachineSettings other;
  other.seed = 2;
  EXPECT_NE(Bench("resets").get("survivor"), Bench("resets", 0, other).get("survivor"));
  Bench bench("resets");
  bench.machine.run_for(milliseconds(1));
  EXPECT_EQ(bench.get("survivor"), written);
  bench.machine.power_on();
  EXPECT_NE(bench.get("survivor"), written);
}

TEST(Resets, IndependentWatchdog) {
  Bench bench("resets", 2);
  const std::uint32_t noise = bench.get("survivor");
  EXPECT_THAT(bench.notes_after(milliseconds(6)), ElementsAre(power, noise));
  EXPECT_THAT(bench.notes_after(milliseconds(6)), ElementsAre(power, noise, watchdog, written));
}

TEST(Resets, WindowWatchdog) {
  Bench bench("resets", 3);
  const auto notes = bench.notes_after(milliseconds(60));
  ASSERT_EQ(notes.size(), 4U);
  EXPECT_EQ(notes[2], window_watchdog);
}

TEST(Resets, AWatchdogThatIsFedStaysQuiet) {
  Bench bench("resets", 4);
  bench.machine.run_for(milliseconds(2000));
  ASSERT_GE(bench.notes().size(), 3U);
  EXPECT_EQ(bench.notes()[2], 0x600DU);
}

TEST(Resets, BackupRegistersSurviveAllButPower) {
  Bench bench("resets", 5);
  bench.machine.run_for(milliseconds(1));
  EXPECT_EQ(bench.machine.chip().rtc.backup_register(0), 0x12345678U);
  bench.machine.reset(ResetCause::pin);
  const auto notes = bench.notes_after(milliseconds(1));
  ASSERT_EQ(notes.size(), 6U);
  EXPECT_EQ(notes[3], power | pin) << "flags add up until somebody clears them";
  EXPECT_EQ(notes[5], 0x12345678U);
  bench.machine.power_on();
  EXPECT_NE(bench.machine.chip().rtc.backup_register(0), 0x12345678U);
}

TEST(Resets, BackupRegistersCannotBeWrittenWithoutAccess) {
  Bench bench("resets", 6);
  bench.machine.run_for(milliseconds(1));
  EXPECT_NE(bench.machine.chip().rtc.backup_register(0), 0x11111111U);
  ASSERT_TRUE(bench.machine.is_stopped());
  EXPECT_THAT(bench.machine.reports().stopped_by()->text, HasSubstr("misuse: RTC_BKP0R"));
}

// r0 = number, and stay there.
Bytes program_with(std::uint8_t number) {
  Bytes program(0x44);
  put_word(program, 0, 0x20020000);
  put_word(program, 4, 0x08000041);
  put_word(program, 0x40, 0xE7FE2000U | number);
  return program;
}

TEST(Resets, CodeThatHasChangedJustBeforeRunsAsItIsNow) {
  Machine machine;
  machine.load(flash_base, program_with(1));
  machine.power_on();
  machine.run_for(milliseconds(1));
  ASSERT_EQ(machine.cpu().r(0), 1U);
  machine.flash().load(flash_base, program_with(2));
  machine.chip().flash.on_changed(flash_base, 0x44);  // as when a program does it
  machine.reset(ResetCause::software);
  machine.run_for(milliseconds(1));
  EXPECT_EQ(machine.cpu().r(0), 2U);
}

TEST(Resets, CodeInRamRunsAsItIsNow) {
  Machine machine;
  Bytes start = program_with(0);
  put_word(start, 0x40, 0x47004800);  // ldr r0, [pc]; bx r0
  start.resize(0x48);
  put_word(start, 0x44, 0x20000041);
  machine.load(flash_base, start);
  machine.power_on();
  for (const std::uint8_t number : {std::uint8_t{3}, std::uint8_t{4}}) {
    const Bytes program = program_with(number);
    std::copy(program.begin(), program.end(), machine.ram().begin());
    machine.reset(ResetCause::software);
    machine.run_for(milliseconds(1));
    EXPECT_EQ(machine.cpu().r(0), number);
  }
}

}  // namespace
}  // namespace emulator
