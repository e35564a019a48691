// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

enum rcc_clock_3v3 { RCC_CLOCK_3V3_84MHZ, RCC_CLOCK_3V3_96MHZ, RCC_CLOCK_3V3_END };
struct rcc_clock_scale {
  uint8_t pllm;
};

extern const struct rcc_clock_scale rcc_hse_25mhz_3v3[RCC_CLOCK_3V3_END];
extern uint32_t rcc_ahb_frequency;

void rcc_clock_setup_pll(const struct rcc_clock_scale* clock);
