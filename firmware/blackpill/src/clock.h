// SPDX-License-Identifier: 0BSD
// The clock tree: 16 MHz from the chip itself, or 96 MHz for the core and 48 MHz for USB from the
// board's 25 MHz crystal.
#pragma once

#include <stdbool.h>

#define CLOCK_HSI_HZ 16000000u
#define CLOCK_PLL_HZ 96000000u

/// From whatever is running, to HSI, everything else off, and every peripheral reset: where a reset
/// would have put it all, and the ROM's *leave* does not.
void clock_start_hsi(void);

/// From HSI to the PLL. False, and still on HSI, when the crystal does not start within 100 ms (2
/// ms are typical: DS-F411, HSE oscillator characteristics). Needs ticks.
bool clock_start_pll(void);
