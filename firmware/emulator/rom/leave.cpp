// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/rom/leave.hpp"

namespace emulator {
namespace {

// RCC: HSE drives the PLL with 1 MHz at its input; 60 MHz for the CPU and 48 MHz for USB, watched
// by the clock security system (AN2606, F411).
constexpr std::uint32_t hsi_hse_pll_css = 0x030B0083;
constexpr std::uint32_t pll_from_hse = 1U << 22 | 240U << 6 | 1U << 16 | 5U << 24;
constexpr std::uint32_t sysclk_from_pll = 0x100A;  // APB1 at half of it
constexpr std::uint32_t ahb1enr = 0x30;
constexpr std::uint32_t ahb2enr = 0x34;
constexpr std::uint32_t apb2enr = 0x44;
constexpr std::uint32_t otg_on = bit(7);
constexpr std::uint32_t syscfg_and_tim11_on = bit(14) | bit(18);
constexpr std::uint32_t three_wait_states = 3;  // enough at the voltage that the ROM assumes
// FLASH
constexpr std::uint32_t keyr = 0x04;
constexpr std::uint32_t keys[] = {0x45670123, 0xCDEF89AB};
// OTG_FS
constexpr std::uint32_t gccfg = 0x38;
constexpr std::uint32_t powered_without_sensing = bit(16) | bit(21);
constexpr std::uint32_t dctl = 0x804;
constexpr std::uint32_t disconnected = bit(1);

// RCC after a reset (RM0383 6.3), and where all of it is reset and switched off.
constexpr std::uint32_t hsi_alone = 0x00008083;
constexpr std::uint32_t pllcfgr_after_reset = 0x24003010;
constexpr std::uint32_t rstr[] = {0x10, 0x14, 0x20, 0x24};
constexpr std::uint32_t enr[] = {ahb1enr, ahb2enr, 0x40, apb2enr};
constexpr std::uint32_t cir = 0x0C;
// SysTick, which the F413's ROM leaves so, with flash unlocked (V9.0, measured).
constexpr std::uint32_t tick_load = 0x4;
constexpr std::uint32_t load_of_rom = 0x80000;

void undo_everything(Chip& chip) {
  chip.rcc.take_over(hsi_alone, pllcfgr_after_reset, 0);
  chip.rcc.write(cir, 4, 0);
  for (const std::uint32_t offset : rstr) {
    chip.rcc.write(offset, 4, ~0U);
    chip.rcc.write(offset, 4, 0);
  }
  for (const std::uint32_t offset : enr) chip.rcc.write(offset, 4, 0);
  for (const std::uint32_t key : keys) chip.flash.write(keyr, 4, key);
  chip.systick.reset();
  chip.systick.write(tick_load, 4, load_of_rom);
}

void leave_as_is(Chip& chip, Hertz crystal) {
  const auto megahertz = static_cast<std::uint32_t>(crystal / 1'000'000);
  chip.rcc.take_over(hsi_hse_pll_css, pll_from_hse | megahertz, sysclk_from_pll);
  chip.rcc.write(ahb2enr, 4, otg_on);
  chip.rcc.write(apb2enr, 4, syscfg_and_tim11_on);
  chip.otg.write(dctl, 4, disconnected);
  chip.otg.write(gccfg, 4, powered_without_sensing);
  chip.rcc.write(ahb1enr, 4, 0);
}

}  // namespace

void leave_rom(Machine& machine, Address address, Leave how) {
  Chip& chip = machine.chip();
  chip.flash.write(0x00, 4, three_wait_states);
  switch (how) {
    case Leave::clean: undo_everything(chip); break;
    case Leave::as_is: leave_as_is(chip, machine.settings().board.oscillators.hse); break;
  }
  chip.iwdg.slow_down();
  machine.leave_rom(address);
}

}  // namespace emulator
