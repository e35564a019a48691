/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Applications that nobody could update any more: one for each way of being one. They sleep where they can, which
 * costs the emulator nothing. */
#include "device.h"

static void reset(void) {
  SCB_AIRCR = 0x05FA0004;
  for (;;) {
  }
}

void SysTick_Handler(void) {
}

static void wait_ms(uint32_t ms) {
  STK_LOAD = 15999;
  STK_VAL = 0;
  STK_CTRL = 7;
  while (ms-- > 0) __asm volatile("wfi");
}

static void start_watchdog(void) {
  IWDG_KR = 0x5555;
  IWDG_RLR = 63; /* 8 ms */
  IWDG_KR = 0xCCCC;
}

static void wipe_ram(void) {
  for (uint32_t *word = (uint32_t *)0x20018000; word < (uint32_t *)0x20020000; ++word) *word = 0;
}

static void enter_rom(void) {
  RCC_APB2ENR |= BIT(14);
  SYSCFG_MEMRMP = 1;
  __asm volatile("mov r0, %0\n\tldr r1, [r0]\n\tmsr msp, r1\n\tldr r0, [r0, #4]\n\tbx r0" ::"r"(0x1FFF0000));
}

void HardFault_Handler(void) {
  switch (scenario) {
    case 4: reset(); break;
    case 5: __asm volatile("udf #1"); break; /* a fault in its handler: the core locks up */
    default: break;
  }
  for (;;) {
  }
}

int main(void) {
  switch (scenario) {
    case 1: /* hangs at once */
      for (;;) {
      }
    case 2: /* hangs with interrupts off */
      finish();
      break;
    case 3: /* crashes at once; its handler is a loop */
    case 4: /* crashes as soon as it runs; its handler resets */
    case 5: /* crashes, in its handler as well */
      wait_ms(2);
      __asm volatile("udf #0");
      break;
    case 6: /* crashes after a while */
      wait_ms(30);
      reset();
      break;
    case 7: /* clears all RAM, then resets */
      wipe_ram();
      wait_ms(20);
      reset();
      break;
    case 8: /* starts the watchdog and hangs */
      start_watchdog();
      for (;;) {
      }
    case 9: /* feeds the watchdog, and hears nothing else */
      start_watchdog();
      for (;;) {
        IWDG_KR = 0xAAAA;
        wait_ms(1);
      }
    case 10: /* resets as soon as it runs */
      wait_ms(2);
      reset();
      break;
    case 11: /* jumps into the ROM as soon as it runs */
      enter_rom();
      break;
    case 12: /* sleeps, and nothing wakes it */
      __asm volatile("cpsid i");
      for (;;) __asm volatile("wfi");
    case 13: /* turns the crystal on, then hangs with all clocks different */
      RCC_CR |= BIT(16);
      while ((RCC_CR & BIT(17)) == 0) {
      }
      RCC_CFGR = 1;
      for (;;) {
      }
    default: break;
  }
  return 0;
}
