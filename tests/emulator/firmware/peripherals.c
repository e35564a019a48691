/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks, pins, timers, serial port, and what happens where nothing is. */
#include "device.h"

static void fast(void) {
  RCC_APB1ENR |= BIT(28);
  PWR_CR |= 3 << 14;
  FLASH_ACR = 3 | 0x700;
  RCC_CR |= BIT(16);
  while (!(RCC_CR & BIT(17))) {
  }
  RCC_PLLCFGR = 25 | 192 << 6 | 0 << 16 | BIT(22) | 4 << 24;
  RCC_CR |= BIT(24);
  while (!(RCC_CR & BIT(25))) {
  }
  RCC_CFGR = 4 << 10;
  RCC_CFGR |= 2;
  while ((RCC_CFGR & 0xC) != 8) {
  }
}

static void pll(void) {
  fast();
  note(RCC_CFGR);
}

static void no_crystal(void) {
  RCC_CR |= BIT(16);
  for (volatile int i = 0; i < 20000; ++i) {
  }
  note(RCC_CR & BIT(17));
}

static void too_fast(void) {
  FLASH_ACR = 0;
  RCC_PLLCFGR = 16 | 192 << 6 | 0 << 16 | 4 << 24;
  RCC_CR |= BIT(24);
  while (!(RCC_CR & BIT(25))) {
  }
  RCC_CFGR = 2;
  for (volatile int i = 0; i < 1000; ++i) {
  }
}

static void clock_off(void) {
  GPIO(2, 0x00) = 1 << 26;
  note(GPIO(2, 0x00));
}

static void unmodelled(void) {
  RCC_APB2ENR |= BIT(11);
  REG(0x40012C00) = 3; /* SDIO_POWER */
  note(1);
}

static void nothing_there(void) {
  note(REG(0x40022000));
}

static void pins(void) {
  RCC_AHB1ENR |= BIT(0) | BIT(2);
  GPIO(2, 0x00) = 1 << 26;    /* PC13 output */
  GPIO(2, 0x18) = BIT(13);    /* set */
  GPIO(2, 0x18) = BIT(29);    /* reset */
  REG16(0x40020800 + 0x14) = BIT(13);
  note(GPIO(2, 0x10) & BIT(13));
  GPIO(0, 0x0C) |= 1; /* PA0 with pull-up */
  note(GPIO(0, 0x10) & 1);
  REG(0x42000000 + 0x20814 * 32 + 13 * 4) = 0; /* ODR13 through its alias */
  note(GPIO(2, 0x14));
}

void irq6_handler(void) {
  EXTI_PR = 1;
  note(0xE0);
}

static void button(void) {
  RCC_AHB1ENR |= BIT(0);
  RCC_APB2ENR |= BIT(14);
  GPIO(0, 0x0C) |= 1;
  SYSCFG_EXTICR1 = 0;
  EXTI_IMR = 1;
  EXTI_FTSR = 1;
  NVIC_ISER(0) = BIT(6);
  for (;;) __asm volatile("wfi");
}

static void serial(void) {
  RCC_APB2ENR |= BIT(4);
  USART1(0x08) = 16000000 / 115200;
  USART1(0x0C) = BIT(13) | BIT(3) | BIT(2);
  for (const char *c = "hello\n"; *c; ++c) {
    while (!(USART1(0x00) & BIT(7))) {
    }
    REG8(0x40011004) = (uint8_t)*c;
  }
  while (!(USART1(0x00) & BIT(6))) {
  }
  while (!(USART1(0x00) & BIT(5))) {
  }
  note(USART1(0x04));
}

void irq28_handler(void) {
  TIM2(0x10) = ~1UL;
  note(TIM2(0x24) < 10);
}

static void timer(void) {
  RCC_APB1ENR |= BIT(0);
  TIM2(0x28) = 15;   /* 1 MHz */
  TIM2(0x2C) = 999;
  TIM2(0x14) = 1;
  TIM2(0x10) = 0;
  TIM2(0x0C) = 1;
  NVIC_ISER(0) = BIT(28);
  TIM2(0x00) = 1;
  for (int i = 0; i < 5; ++i) __asm volatile("wfi");
}

static void remap(void) {
  note(REG(0) == REG(0x08000000));
  RCC_APB2ENR |= BIT(14);
  SYSCFG_MEMRMP = 1;
  note(REG(0) == REG(0x1FFF0000) && REG(4) == REG(0x1FFF0004));
  SYSCFG_MEMRMP = 3;
  REG(0x20000100) = 0xABCD;
  note(REG(0x100));
  REG(0x100) = 0x1234;
  note(REG(0x20000100));
  SYSCFG_MEMRMP = 0;
  note(REG(0) == REG(0x08000000));
}

static void identity(void) {
  note(REG(0x1FFF7A10));
  note(REG16(0x1FFF7A22));
  note(REG(0xE0042000) & 0xFFF);
  note(REG8(0x1FFF76DE));
}

static void backup_clock(void) {
  RCC_APB1ENR |= BIT(28);
  PWR_CR |= BIT(8);
  RCC_CSR |= 1;
  while (!(RCC_CSR & 2)) {
  }
  RCC_BDCR = 2 << 8 | BIT(15);
  RTC(0x24) = 0xCA;
  RTC(0x24) = 0x53;
  RTC(0x0C) = BIT(7);
  while (!(RTC(0x0C) & BIT(6))) {
  }
  RTC(0x10) = 127 << 16 | 249; /* LSI: 32 kHz */
  RTC(0x00) = 0x235958;
  RTC(0x04) = 0x23D231; /* 31 December 2023, taken for a Saturday */
  RTC(0x0C) = 0;
  while (RTC(0x00) != 1) {
  }
  note(RTC(0x00));
  note(RTC(0x04));
}

int main(void) {
  static void (*const scenarios[])(void) = {
      pll,  no_crystal, too_fast, clock_off, unmodelled, nothing_there, pins,
      button, serial,   timer,    remap,     identity,   backup_clock};
  scenarios[scenario]();
  return 0;
}
