// SPDX-License-Identifier: 0BSD
#include "board.h"

#include "registers/gpio.h"
#include "registers/rcc.h"
#include "text.h"
#include "ticks.h"

#define LED 13u
#define KEY 0u
#define DM 11u
#define DP 12u
#define HELD_MS 1000u

static void start_usb_pin(uint32_t pin) {
  gpio_set_field(&GPIOA->ospeedr, pin, GPIO_FASTEST);
  GPIOA->afr[1] |= GPIO_AF_OTG_FS << 4u * (pin - 8u);
  gpio_set_field(&GPIOA->moder, pin, GPIO_ALTERNATE);
}

void board_start(void) {
  RCC->ahb1enr |= RCC_AHB1_GPIOA | RCC_AHB1_GPIOC;
  (void)RCC->ahb1enr;  // the clock is there two cycles later
  board_led(false);
  gpio_set_field(&GPIOC->moder, LED, GPIO_OUTPUT);
  gpio_set_field(&GPIOA->pupdr, KEY, GPIO_PULL_UP);
  start_usb_pin(DM);
  start_usb_pin(DP);
}

void board_led(bool on) {
  GPIOC->bsrr = on ? 1u << (LED + 16u) : 1u << LED;
}

bool board_button_held(void) {
  static bool armed;
  static uint32_t released_at;
  if ((GPIOA->idr & 1u << KEY) != 0u) {
    armed = true;
    released_at = ticks_now();
    return false;
  }
  if (!armed || !ticks_passed(released_at, HELD_MS)) return false;
  armed = false;
  return true;
}

void board_serial_number(char text[13]) {
  text_serial_number(text, UNIQUE_ID[0], UNIQUE_ID[1], UNIQUE_ID[2]);
}
