// SPDX-License-Identifier: 0BSD
#include "ticks.h"

#include "registers/core.h"

static volatile uint32_t now;

void systick_interrupt(void) {
  now = now + 1u;
}

void ticks_start(uint32_t core_hz) {
  SYSTICK->ctrl = 0u;
  SYSTICK->load = core_hz / 1000u - 1u;
  SYSTICK->val = 0u;
  SYSTICK->ctrl = SYSTICK_ENABLE | SYSTICK_TICKINT | SYSTICK_CLKSOURCE;
}

uint32_t ticks_now(void) {
  return now;
}

bool ticks_passed(uint32_t since, uint32_t ms) {
  return now - since >= ms;
}

void ticks_wait(uint32_t ms) {
  const uint32_t since = now;
  while (!ticks_passed(since, ms + 1u)) wait_for_interrupt();
}
