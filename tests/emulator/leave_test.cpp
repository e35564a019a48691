// SPDX-License-Identifier: GPL-3.0-or-later
// What the ROM's leave does to the registers that the application finds.
#include "emulator/rom/leave.hpp"

#include "support.hpp"

namespace emulator {
namespace {

using testing::IsEmpty;

constexpr std::uint32_t cr = 0x00;
constexpr std::uint32_t pllcfgr = 0x04;
constexpr std::uint32_t cfgr = 0x08;
constexpr std::uint32_t enable_registers[] = {0x30, 0x34, 0x40, 0x44};
constexpr std::uint32_t ahb1enr = 0x30;
constexpr std::uint32_t ahb2enr = 0x34;
constexpr std::uint32_t apb1enr = 0x40;
constexpr std::uint32_t apb2enr = 0x44;
constexpr std::uint32_t acr = 0x00;
constexpr std::uint32_t flash_control = 0x10;
constexpr std::uint32_t memrmp = 0x00;
constexpr std::uint32_t prescaler = 0x4;
constexpr std::uint32_t tick_control = 0x0;
constexpr std::uint32_t tick_load = 0x4;
constexpr std::uint32_t mode = 0x00;
constexpr std::uint32_t gccfg = 0x38;
constexpr std::uint32_t reset_gccfg = 0;

class RomLeave : public testing::Test {
 protected:
  /// What the ROM has on while it is on the bus, and what a program has left on before it.
  RomLeave() {
    machine.load(flash_base, vectors());
    machine.power_on();
    leave_rom(machine, flash_base, Leave::as_is);
    chip.rcc.write(ahb1enr, 4, bit(2));
    chip.rcc.write(apb1enr, 4, bit(0));
    chip.gpio('C').write(mode, 4, bit(26));
    chip.timer(2).write(0x2C, 4, 1000);
    chip.systick.write(tick_load, 4, 999);
    chip.systick.write(tick_control, 4, 7);
    machine.cpu().set_masks(1, 0, 0);
  }

  // As a program does that jumps into the ROM.
  void remap_to_system_memory() {
    chip.rcc.write(apb2enr, 4, bit(14));
    chip.syscfg.write(memrmp, 4, 1);
  }

  // A stack and a program that goes round in circles.
  static Bytes vectors() {
    Bytes content(12, 0);
    put_word(content, 0, 0x20020000);
    put_word(content, 4, flash_base + 9);
    put_word(content, 8, 0xE7FEE7FE);
    return content;
  }

  Machine machine;
  Chip& chip = machine.chip();
};

// The ROM of the F413 (V9.0), measured.
TEST_F(RomLeave, 181UndoesTheClocks) {
  leave_rom(machine, flash_base);
  EXPECT_EQ(chip.rcc.peek(cr), 0x8083U);
  EXPECT_EQ(chip.rcc.peek(pllcfgr), 0x24003010U);
  EXPECT_EQ(chip.rcc.peek(cfgr), 0U);
  EXPECT_EQ(machine.clock().frequency(), 16'000'000U);
  EXPECT_THAT(chip.rcc.differences_from_reset(), IsEmpty());
  EXPECT_EQ(chip.flash.peek(acr), 3U);
}

TEST_F(RomLeave, 181ResetsPeripheralsAndSwitchesThemOff) {
  ASSERT_FALSE(chip.not_reset().empty());
  leave_rom(machine, flash_base);
  for (const std::uint32_t offset : enable_registers) {
    EXPECT_EQ(chip.rcc.peek(offset), 0U) << hex32(offset);
  }
  EXPECT_THAT(chip.clocked(), IsEmpty());
  EXPECT_THAT(chip.not_reset(), IsEmpty());
  EXPECT_EQ(chip.otg.peek(gccfg), reset_gccfg);
  EXPECT_FALSE(chip.otg.is_attached());
}

TEST_F(RomLeave, 181LeavesItsOwnInSysTickFlashAndTheWatchdog) {
  leave_rom(machine, flash_base);
  EXPECT_EQ(chip.flash.peek(flash_control), 0U) << "unlocked";
  EXPECT_EQ(chip.systick.peek(tick_control), 0U);
  EXPECT_EQ(chip.systick.peek(tick_load), 0x80000U);
  EXPECT_EQ(chip.iwdg.peek(prescaler), 6U);
  EXPECT_EQ(machine.cpu().primask(), 0U);
  machine.run_for(milliseconds(1));
  EXPECT_EQ(machine.cpu().pc(), flash_base + 8);
  EXPECT_THAT(machine.reports().texts(), IsEmpty());
}

// Programs that write 0 there and never set VTOR find their vectors, whatever was there before.
TEST_F(RomLeave, 181HasAtAddress0WhatTheBootPinsSay) {
  remap_to_system_memory();
  ASSERT_EQ(chip.syscfg.memory_at_0(), BootMemory::system);
  leave_rom(machine, flash_base);
  EXPECT_EQ(chip.syscfg.memory_at_0(), BootMemory::flash);
  EXPECT_EQ(machine.word(4), machine.word(flash_base + 4));
}

TEST_F(RomLeave, 181HasSystemMemoryAtAddress0AfterAStartWithBoot0) {
  machine.settings().boot0 = true;
  machine.reset(ResetCause::pin);
  machine.settings().boot0 = false;
  leave_rom(machine, flash_base);
  EXPECT_EQ(chip.syscfg.memory_at_0(), BootMemory::system);
  EXPECT_EQ(machine.word(4), machine.word(system_memory_base + 4));
}

TEST_F(RomLeave, 181ASystemResetRemapsToo) {
  remap_to_system_memory();
  machine.reset(ResetCause::software);
  EXPECT_EQ(chip.syscfg.memory_at_0(), BootMemory::flash);
  EXPECT_EQ(machine.word(4), machine.word(flash_base + 4));
}

// What programs have to bear all the same.
TEST_F(RomLeave, 181AsItIsLeavesClocksAndOtgOn) {
  leave_rom(machine, flash_base, Leave::as_is);
  EXPECT_EQ(chip.rcc.peek(cr), 0x030B0083U);
  EXPECT_EQ(chip.rcc.peek(cfgr), 0x100AU);
  EXPECT_EQ(machine.clock().frequency(), 60'000'000U);
  EXPECT_EQ(chip.rcc.peek(ahb1enr), 0U);
  EXPECT_EQ(chip.rcc.peek(ahb2enr), bit(7));
  EXPECT_EQ(chip.rcc.peek(apb2enr), bit(14) | bit(18));
  EXPECT_NE(chip.otg.peek(gccfg), reset_gccfg);
  EXPECT_EQ(chip.flash.peek(acr), 3U);
  EXPECT_EQ(chip.iwdg.peek(prescaler), 6U);
}

}  // namespace
}  // namespace emulator
