// SPDX-License-Identifier: 0BSD
#include "led.h"

#include "board.h"
#include "ticks.h"

#define STEP_MS 125u
#define STEPS 16u

void led_show(enum led_code code) {
  const uint32_t step = ticks_now() / STEP_MS % STEPS;
  board_led(((uint32_t)code >> step & 1u) != 0u);
}
