/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SysTick, the cycle counter, WFI, WFE and sleeping on exit. */
#include "device.h"

volatile uint32_t ticks;

void SysTick_Handler(void) {
  ++ticks;
  if (scenario == 3) {
    note(ticks);
    if (ticks == 3) SCB_SCR = 0;
  }
}

static void tick_every(uint32_t cycles) {
  STK_LOAD = cycles - 1;
  STK_VAL = 0;
  STK_CTRL = 7;
}

/* Ten ticks of 1 ms at 16 MHz. */
static void systick(void) {
  tick_every(16000);
  while (ticks < 10) __asm volatile("wfi");
  note(ticks);
}

static void counters(void) {
  DEMCR = BIT(24);
  DWT_CYCCNT = 0;
  DWT_CTRL |= 1;
  STK_LOAD = 0x00FFFFFF;
  STK_VAL = 0;
  STK_CTRL = 5;
  while (STK_VAL == 0) {
  }
  const uint32_t first = STK_VAL, begin = DWT_CYCCNT;
  for (volatile int i = 0; i < 1000; ++i) {
  }
  const uint32_t counted = DWT_CYCCNT - begin, ticked = first - STK_VAL;
  note(counted);
  note(ticked);
  STK_LOAD = 99;
  STK_VAL = 0;
  while (!(STK_CTRL & BIT(16))) {
  }
  note(STK_CTRL & BIT(16)); /* reading has cleared it */
}

/* With PRIMASK set, WFI ends without the handler. */
static void masked(void) {
  __asm volatile("cpsid i");
  tick_every(16000);
  __asm volatile("wfi");
  note(ticks);
  note(SCB_ICSR & BIT(26));
  __asm volatile("cpsie i\n\tisb");
  note(ticks);
}

static void sleep_on_exit(void) {
  SCB_SCR = BIT(1);
  tick_every(16000);
  __asm volatile("wfi");
  note(0xAA);
}

static void events(void) {
  __asm volatile("sev\n\twfe"); /* the event is there already */
  note(1);
  SCB_SCR = BIT(4); /* SEVONPEND: a disabled interrupt becomes an event */
  STK_LOAD = 15999;
  STK_VAL = 0;
  STK_CTRL = 7;
  __asm volatile("cpsid i");
  __asm volatile("wfe");
  note(2);
  STK_CTRL = 0;
  __asm volatile("wfe"); /* nothing will come */
  note(3);
}

/* As Klipper does: it reloads once, and stays at 0. */
static void one_shot(void) {
  STK_CTRL = 7;
  STK_LOAD = 0;
  STK_VAL = 0;
  for (int i = 0; i < 2; ++i) {
    STK_LOAD = 16000;
    STK_VAL = 0;
    STK_LOAD = 0;
    RCC_AHB1ENR |= BIT(i);
    __asm volatile("wfi");
  }
  __asm volatile("wfi");
}

int main(void) {
  static void (*const scenarios[])(void) = {systick, counters, masked, sleep_on_exit, events, one_shot};
  scenarios[scenario]();
  return 0;
}
