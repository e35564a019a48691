// SPDX-License-Identifier: 0BSD
// Time in milliseconds, from SysTick.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Starts counting, or goes on when the core's clock has changed to `core_hz`.
void ticks_start(uint32_t core_hz);

/// Milliseconds since the first ticks_start(); starts over after 49 days.
uint32_t ticks_now(void);

/// Have `ms` milliseconds or more passed since `since`? Right across the wrap.
bool ticks_passed(uint32_t since, uint32_t ms);

/// At least `ms` milliseconds.
void ticks_wait(uint32_t ms);

void systick_interrupt(void);
