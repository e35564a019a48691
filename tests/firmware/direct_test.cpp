// SPDX-License-Identifier: GPL-3.0-or-later
// The direct jump out of a running application: everything is back in its reset state before it.
#include <gtest/gtest.h>

#include "register_model.hpp"

extern "C" bool direct_jump_now();

namespace firmware_test {
namespace {

constexpr std::uintptr_t rcc = 0x40023800;
constexpr std::uintptr_t rcc_cr = rcc;
constexpr std::uintptr_t rcc_cfgr = rcc + 0x08;
constexpr std::uintptr_t rcc_cir = rcc + 0x0C;
constexpr std::uintptr_t systick = 0xE000E010;
constexpr std::uintptr_t icer = 0xE000E180;
constexpr std::uintptr_t icpr = 0xE000E280;
constexpr std::uintptr_t ipr = 0xE000E400;
constexpr std::uintptr_t shpr1 = 0xE000ED18;
constexpr std::uintptr_t vtor = 0xE000ED08;
constexpr std::uintptr_t icsr = 0xE000ED04;
constexpr std::uintptr_t flash_acr = 0x40023C00;
constexpr std::uintptr_t exti = 0x40013C00;
constexpr std::uintptr_t exti_pr = exti + 0x14;

// A running application: PLL from HSE, interrupts, clocks on, wait states. RM0383, RCC registers.
class DirectJump : public testing::Test {
 protected:
  DirectJump() {
    chip.add_register(rcc_cr, 0x83);
    chip.add_register(rcc + 0x04, 0x24003010);
    for (const std::uintptr_t offset :
         {0x08U, 0x0CU, 0x10U, 0x14U, 0x18U, 0x20U, 0x24U, 0x30U, 0x34U, 0x38U, 0x40U, 0x44U}) {
      chip.add_register(rcc + offset);
    }
    chip.add_register(flash_acr);
    for (unsigned n = 0; n < 6; ++n) chip.add_register(exti + 4 * n);
    for (unsigned n = 0; n < 3; ++n) chip.add_register(systick + 4 * n);
    for (unsigned n = 0; n < 8; ++n) {
      chip.add_register(icer + 4 * n);
      chip.add_register(icpr + 4 * n);
    }
    for (unsigned n = 0; n < 26; ++n) chip.add_register(ipr + 4 * n);
    for (unsigned n = 0; n < 4; ++n) chip.add_register(shpr1 + 4 * n);
    chip.add_register(icsr);
    chip.add_register(0xE000ED94);
    chip.reset(Cause::power);
    chip.poke(rcc_cr, 0x03030083);
    chip.poke(rcc + 0x04, 0x04403019);
    chip.poke(rcc_cfgr, 0x0000100A);
    chip.poke(rcc + 0x30, 0x00000085);
    chip.poke(rcc + 0x40, 0x10000001);
    chip.poke(rcc + 0x44, 0x00004011);
    chip.poke(systick, 7);
    chip.poke(flash_acr, 0x703);
    chip.poke(vtor, 0x08000000);
    chip.priority_masked = true;
    chip.on_write = [](Chip& c, std::uintptr_t address, std::uint32_t value) {
      if (address == rcc_cfgr) c.poke(rcc_cfgr, value | (value & 3) << 2);  // SWS follows SW
      if (address == rcc_cr) c.poke(rcc_cr, ready_flags(value));
      if (address == flash_acr) {
        EXPECT_EQ(c.peek(rcc_cfgr) & 0xC, 0U) << "no wait states while running fast";
      }
      if (address >= rcc + 0x10 && address <= rcc + 0x24 && value != 0) {
        EXPECT_EQ(c.peek(rcc_cfgr) & 0xC, 0U) << "a peripheral reset takes the overdrive away";
      }
      if (address == rcc + 0x10 && value != 0 && c.peek(exti) != 0) {
        c.poke(exti_pr, 1);  // PA0 lost its pull-up: a falling edge
        c.poke(icpr, 1U << 6);
      }
      if (address == exti_pr) c.poke(exti_pr, 0);
      if (address >= icer && address < icpr + 0x20) c.poke(address, 0);  // write 1 to clear
      if (address == icsr || address == rcc_cir) c.poke(address, 0);
    };
  }

  // HSIRDY, HSERDY, PLLRDY follow what is on.
  static std::uint32_t ready_flags(std::uint32_t cr) {
    cr &= ~0x0A020002U;
    return cr | (cr & 0x05010001U) << 1;
  }

  bool jumps() {
    try {
      EXPECT_FALSE(direct_jump_now());
    } catch (const Jump& jump) {
      EXPECT_EQ(jump.table, 0x1FFF0000U);
      return true;
    }
    return false;
  }

  Chip chip{f411()};
};

TEST_F(DirectJump, PutsEverythingIntoItsResetState) {
  chip.poke(rcc_cr, ready_flags(0x01010083));
  EXPECT_TRUE(jumps());
  EXPECT_TRUE(chip.is_as_after_reset({f411().remap}));
  EXPECT_EQ(chip.peek(f411().remap), 1U);
  EXPECT_EQ(chip.peek(vtor), 0U);
  EXPECT_FALSE(chip.priority_masked);
}

TEST_F(DirectJump, LeavesNoInterruptThatItHasItselfCaused) {
  chip.poke(exti, 1);         // a button on PA0
  chip.poke(exti + 0x0C, 1);  // that pulls down
  EXPECT_TRUE(jumps());
  for (unsigned n = 0; n < 6; ++n) EXPECT_EQ(chip.peek(exti + 4 * n), 0U) << n;
  EXPECT_EQ(chip.peek(icpr), 0U);
}

TEST_F(DirectJump, TurnsInterruptsOffFirst) {
  EXPECT_TRUE(jumps());
  EXPECT_EQ(chip.history().front(), "interrupts off");
  EXPECT_LT(chip.position("barrier"), chip.position("jump"));
}

TEST_F(DirectJump, KeepsRamAndRtcThatAreOnAfterAReset) {
  chip.poke(rcc + 0x30, 0x00100085);
  chip.poke(rcc + 0x40, 0x10000400);
  EXPECT_TRUE(jumps());
  EXPECT_EQ(chip.peek(rcc + 0x30), 0x00100000U);
  EXPECT_EQ(chip.peek(rcc + 0x40), 0x00000400U);
}

TEST_F(DirectJump, ComesFromASlowerClockToo) {
  chip.poke(rcc_cr, 0x00030000);  // running from HSE, HSI off
  chip.poke(rcc_cfgr, 0x5);
  EXPECT_TRUE(jumps());
  EXPECT_EQ(chip.peek(rcc_cr) & 0x01010003U, 0x3U);
}

TEST_F(DirectJump, RefusesInAnInterrupt) {
  chip.in_interrupt = true;
  EXPECT_FALSE(jumps());
  EXPECT_TRUE(chip.interrupts_on);
  EXPECT_TRUE(chip.history().empty());
}

}  // namespace
}  // namespace firmware_test
