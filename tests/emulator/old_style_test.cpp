// SPDX-License-Identifier: GPL-3.0-or-later
// What jumping into the ROM from a running application leaves behind: why firmware/sysboot writes
// a flag and resets.
#include "emulator/rom/entry.hpp"
#include "support.hpp"

namespace emulator {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAreArray;
using Violations = std::vector<std::string>;

/// As in firmware/old_style.c.
enum Scenario : std::uint32_t {
  from_main,
  from_callback,
  interrupts_off,
  the_usual_list,
  fresh_from_reset,
  sysboot_direct,
};

Violations violations_of(Scenario scenario) {
  Bench bench("old_style", scenario);
  bench.machine.run_for(milliseconds(50));
  EXPECT_TRUE(bench.machine.in_rom());
  EXPECT_THAT(bench.reports(), IsEmpty());
  return rom_entry_violations(bench.machine);
}

Violations together(std::initializer_list<Violations> lists) {
  Violations all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

const Violations interrupts = {"interrupt 6 is enabled", "interrupt 28 is enabled",
                               "interrupt 37 is enabled", "interrupt 67 is enabled",
                               "SysTick runs"};
const Violations clocks = {"HSE is on", "the PLL is on",
                           "RCC_CFGR is 0x0000100A (SYSCLK 96000000 Hz, HCLK 96000000 Hz)"};
const Violations peripherals = {"PWR has its clock",
                                "OTG_FS has its clock",
                                "GPIOA has its clock",
                                "GPIOC has its clock",
                                "TIM2 has its clock",
                                "USART1 has its clock",
                                "PWR is not as after a reset",
                                "OTG_FS is not as after a reset",
                                "GPIOA is not as after a reset",
                                "GPIOC is not as after a reset",
                                "TIM2 is not as after a reset",
                                "USART1 is not as after a reset"};
const Violations usb = {"the USB pull-up is on: the host sees no unplug"};
const Violations watchdog = {"the independent watchdog runs"};

TEST(OldStyle, JumpsFromMainAsItIs) {
  const Violations stack = {"the stack pointer is 0x2001FFD8, not the ROM's 0x20002D40"};
  EXPECT_THAT(
      violations_of(from_main),
      UnorderedElementsAreArray(together({stack, interrupts, clocks, peripherals, usb, watchdog})));
}

TEST(OldStyle, JumpsFromACallback) {
  const Violations handler = {"jumped from the handler of exception 22",
                              "the stack pointer is 0x2001FFB8, not the ROM's 0x20002D40"};
  EXPECT_THAT(violations_of(from_callback),
              UnorderedElementsAreArray(
                  together({handler, interrupts, clocks, peripherals, usb, watchdog})));
}

TEST(OldStyle, TurnsInterruptsOff) {
  const Violations mask = {"PRIMASK is set: the ROM's USB needs its interrupt"};
  EXPECT_THAT(
      violations_of(interrupts_off),
      UnorderedElementsAreArray(together({mask, interrupts, clocks, peripherals, usb, watchdog})));
}

// Clocks, SysTick, interrupts, remap and stack: all that the recipes have.
TEST(OldStyle, DoesTheUsualList) {
  EXPECT_THAT(violations_of(the_usual_list),
              UnorderedElementsAreArray(together({peripherals, usb, watchdog})));
}

// A flag and a reset, and then a plain call: what is left is the stack, which is not in the ROM's
// way here.
TEST(OldStyle, JumpsFreshFromReset) {
  EXPECT_THAT(violations_of(fresh_from_reset),
              testing::ElementsAre("the stack pointer is 0x2001FFD8, not the ROM's 0x20002D40"));
}

// The one that is in firmware/sysboot undoes all that can be undone.
TEST(OldStyle, SysbootsDirectJumpLeavesNothing) {
  Bench bench("old_style", sysboot_direct);
  ASSERT_TRUE(bench.machine.run_to("sysboot_jump_now"));
  EXPECT_TRUE(bench.machine.usb().is_attached());
  EXPECT_THAT(rom_entry_violations(bench.machine),
              testing::IsSupersetOf(together({interrupts, clocks, peripherals, usb})));
  EXPECT_THAT(violations_of(sysboot_direct), IsEmpty());
}

}  // namespace
}  // namespace emulator
