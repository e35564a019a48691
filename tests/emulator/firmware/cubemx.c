/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An application such as STM32CubeMX makes, with sysboot where its users put code: the check first in
 * main(), after .data and .bss; the request in the button's callback, in the main loop, in a thread. */
#include "device.h"
#include "sysboot.h"

#define HELD_MS 1000

enum {
  BY_BUTTON,   /* the callback asks when the button is let go after a second: in its interrupt */
  FROM_MAIN,   /* with that interrupt and SysTick running */
  FROM_THREAD, /* on a stack of its own, as under an operating system */
};

static volatile uint32_t now_ms, pressed_at;
static uint32_t thread_stack[64] __attribute__((aligned(8)));

void SysTick_Handler(void) {
  now_ms = now_ms + 1;
}

/* The button, on both edges. */
void irq6_handler(void) {
  EXTI_PR = 1;
  if (!(GPIO(0, 0x10) & 1)) {
    pressed_at = now_ms;
  } else if (now_ms - pressed_at > HELD_MS) {
    sysboot_request();
  }
}

static void start_peripherals(void) {
  STK_LOAD = 16000 - 1;
  STK_CTRL = 7;
  RCC_AHB1ENR |= BIT(0);
  RCC_APB2ENR |= BIT(14);
  GPIO(0, 0x0C) |= 1;
  SYSCFG_EXTICR1 = 0;
  EXTI_FTSR = 1;
  EXTI_RTSR = 1;
  EXTI_IMR = 1;
  NVIC_ISER(0) = BIT(6);
}

int main(void) {
  note(sysboot_check());
  SCB_VTOR = 0x08000000;
  start_peripherals();
  switch (scenario) {
    case FROM_MAIN: sysboot_request();
    case FROM_THREAD:
      __asm volatile("msr psp, %0\n\tmsr control, %1\n\tisb" ::"r"(thread_stack + 64), "r"(2));
      sysboot_request();
    default: break;
  }
  for (;;) __asm volatile("wfi");
}
