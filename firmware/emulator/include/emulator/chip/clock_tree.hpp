// SPDX-License-Identifier: GPL-3.0-or-later
// Frequencies from the registers of the RCC: pure arithmetic (RM0383 figure 12).
#pragma once

#include "emulator/base/types.hpp"

namespace emulator {

struct ClockRegisters {
  std::uint32_t cr = 0;
  std::uint32_t pllcfgr = 0;
  std::uint32_t cfgr = 0;
  std::uint32_t dckcfgr = 0;
};

constexpr Hertz hsi_frequency = 16'000'000;
constexpr Hertz lsi_frequency = 32'000;
constexpr Hertz lse_frequency = 32'768;

struct ClockTree {
  Hertz pll_input = 0;
  Hertz vco = 0;
  Hertz pll = 0;  ///< what SYSCLK can be
  Hertz pll48 = 0;
  Hertz sysclk = 0;
  Hertz hclk = 0;
  Hertz pclk1 = 0;
  Hertz pclk2 = 0;
  Hertz timers1 = 0;  ///< of the timers on APB1
  Hertz timers2 = 0;
};
/// As if every oscillator that is switched on ran.
ClockTree clock_tree(const ClockRegisters& registers, Hertz hse);

/// What the reference manual and the data sheet forbid, in words: frequencies out of range for this
/// voltage scale (PWR_CR.VOS: 1 for scale 3, 2, 3 for scale 1) and too few flash wait states for
/// 2.7 to 3.6 V (RM0383 tables 5 and 12, DS-F411 tables 14 and 40).
std::vector<std::string> clock_violations(const ClockTree& tree, bool pll_on, unsigned vos,
                                          unsigned wait_states);

}  // namespace emulator
