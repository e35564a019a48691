// SPDX-License-Identifier: GPL-3.0-or-later
// What the listing uses of libopencm3.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STK_CSR_CLKSOURCE_AHB (1 << 2)

void systick_set_clocksource(uint8_t source);
void systick_set_reload(uint32_t value);
void systick_counter_enable(void);
uint8_t systick_get_countflag(void);
