// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/clock_tree.hpp"

#include <fmt/core.h>

#include <array>

namespace emulator {
namespace {

constexpr Hertz mega = 1'000'000;

// RM0383 6.3.3: HPRE and PPRE.
unsigned ahb_divider(std::uint32_t code) {
  static constexpr std::array<unsigned, 8> dividers = {2, 4, 8, 16, 64, 128, 256, 512};
  return code < 8 ? 1 : dividers[code - 8];
}
unsigned apb_divider(std::uint32_t code) {
  return code < 4 ? 1 : 2U << (code - 4);
}

Hertz timer_clock(Hertz hclk, unsigned divider, bool fast) {
  const unsigned limit = fast ? 4 : 1;
  return divider <= limit ? hclk : hclk / divider * (fast ? 4 : 2);
}

std::string megahertz(Hertz frequency) {
  return fmt::format("{:.3f} MHz", static_cast<double>(frequency) / mega);
}

}  // namespace

ClockTree clock_tree(const ClockRegisters& registers, Hertz hse) {
  ClockTree tree;
  const std::uint32_t pll = registers.pllcfgr;
  const bool from_hse = (pll & bit(22)) != 0;
  const std::uint32_t m = field(pll, 0, 6);
  tree.pll_input = m == 0 ? 0 : (from_hse ? hse : hsi_frequency) / m;
  tree.vco = m == 0 ? 0 : (from_hse ? hse : hsi_frequency) * field(pll, 6, 9) / m;
  tree.pll = tree.vco / (2 * (field(pll, 16, 2) + 1));
  const std::uint32_t q = field(pll, 24, 4);
  tree.pll48 = q == 0 ? 0 : tree.vco / q;
  const std::array<Hertz, 4> sources = {hsi_frequency, hse, tree.pll, 0};
  tree.sysclk = sources[field(registers.cfgr, 2, 2)];
  tree.hclk = tree.sysclk / ahb_divider(field(registers.cfgr, 4, 4));
  const unsigned divider1 = apb_divider(field(registers.cfgr, 10, 3));
  const unsigned divider2 = apb_divider(field(registers.cfgr, 13, 3));
  const bool fast = (registers.dckcfgr & bit(24)) != 0;  // TIMPRE
  tree.pclk1 = tree.hclk / divider1;
  tree.pclk2 = tree.hclk / divider2;
  tree.timers1 = timer_clock(tree.hclk, divider1, fast);
  tree.timers2 = timer_clock(tree.hclk, divider2, fast);
  return tree;
}

std::vector<std::string> clock_violations(const ClockTree& tree, bool pll_on, unsigned vos,
                                          unsigned wait_states) {
  std::vector<std::string> violations;
  const auto in_range = [&](const char* name, Hertz value, Hertz low, Hertz high) {
    if (value >= low && value <= high) return;
    violations.push_back(fmt::format("{} is {}, allowed are {} to {}", name, megahertz(value),
                                     megahertz(low), megahertz(high)));
  };
  static constexpr std::array<Hertz, 4> fastest = {64 * mega, 64 * mega, 84 * mega, 100 * mega};
  if (pll_on) {
    in_range("PLL input", tree.pll_input, 950'000, 2'100'000);
    in_range("PLL VCO", tree.vco, 100 * mega, 432 * mega);
  }
  in_range("HCLK", tree.hclk, 0, fastest[vos & 3]);
  in_range("PCLK1", tree.pclk1, 0, 50 * mega);
  in_range("PCLK2", tree.pclk2, 0, 100 * mega);
  const auto needed = static_cast<unsigned>(tree.hclk == 0 ? 0 : (tree.hclk - 1) / (30 * mega));
  if (wait_states < needed) {
    violations.push_back(fmt::format("flash needs {} wait states at {}, and has {}", needed,
                                     megahertz(tree.hclk), wait_states));
  }
  return violations;
}

}  // namespace emulator
