/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An application such as code generators make, with USB, a timer, a serial port and a watchdog; it
 * jumps into system memory from wherever it is, as firmware did before flag and reset. */
#include "device.h"
#include "sysboot_direct.h"

#define SYSTEM_MEMORY 0x1FFF0000
#define OTG(offset) REG(0x50000000 + (offset))

enum {
  FROM_MAIN,        /* a plain call through a pointer */
  FROM_CALLBACK,    /* the same, in the handler of the button */
  INTERRUPTS_OFF,   /* "disable all interrupts" by the one instruction, and the ROM's stack */
  THE_USUAL_LIST,   /* clocks as after a reset, SysTick and interrupts off, remap */
  FRESH_FROM_RESET, /* before anything is set up: a flag was found */
  SYSBOOT_DIRECT,   /* by firmware/sysboot, without the watchdog */
};

static void jump(void) {
  ((void (*)(void))REG(SYSTEM_MEMORY + 4))();
}

__attribute__((naked)) static void jump_with_stack(uint32_t stack, uint32_t start) {
  __asm volatile("msr msp, r0\n\tbx r1" ::"r"(stack), "r"(start));
}

static void start_clocks(void) { /* 25 MHz crystal, 96 MHz core, 48 MHz USB */
  RCC_APB1ENR |= BIT(28);
  PWR_CR |= 3 << 14;
  RCC_CR |= BIT(16);
  while (!(RCC_CR & BIT(17))) {
  }
  RCC_PLLCFGR = 25 | 192 << 6 | 1 << 22 | 4 << 24;
  RCC_CR |= BIT(24);
  while (!(RCC_CR & BIT(25))) {
  }
  FLASH_ACR = 3 | BIT(8) | BIT(9) | BIT(10);
  RCC_CFGR = 4 << 10;
  RCC_CFGR |= 2;
  while ((RCC_CFGR & 0xC) != 8) {
  }
}

static void start_peripherals(void) {
  STK_LOAD = 96000 - 1;
  STK_CTRL = 7;
  RCC_AHB1ENR |= BIT(0) | BIT(2);
  RCC_APB1ENR |= BIT(0);
  RCC_APB2ENR |= BIT(4) | BIT(14);
  GPIO(2, 0x00) = 1 << 26; /* LED on PC13 */
  GPIO(0, 0x0C) |= 1;      /* button on PA0: pull-up, falling edge */
  SYSCFG_EXTICR1 = 0;
  EXTI_FTSR = 1;
  EXTI_IMR = 1;
  GPIO(0, 0x00) |= 2 << 18 | 2 << 20; /* PA9, PA10: USART1 */
  GPIO(0, 0x24) |= 7 << 4 | 7 << 8;
  USART1(0x08) = 96000000 / 115200;
  USART1(0x0C) = BIT(13) | BIT(5) | BIT(3) | BIT(2);
  TIM2(0x28) = 95;
  TIM2(0x2C) = 999;
  TIM2(0x0C) = 1;
  TIM2(0x00) = 1;
  NVIC_ISER(0) = BIT(6) | BIT(28);
  NVIC_ISER(1) = BIT(37 - 32);
}

static void start_usb(void) {
  RCC_AHB2ENR |= BIT(7);
  GPIO(0, 0x00) |= 2 << 22 | 2 << 24;
  GPIO(0, 0x24) |= 10 << 12 | 10 << 16;
  OTG(0x0C) |= BIT(30); /* device mode */
  OTG(0x38) = BIT(16) | BIT(21);
  OTG(0x18) = BIT(12) | BIT(13);
  OTG(0x08) = 1;
  NVIC_ISER(2) = BIT(67 - 64);
}

static void start_watchdog(void) {
  IWDG_KR = 0xCCCC;
  IWDG_KR = 0x5555;
  IWDG_PR = 4;
  IWDG_RLR = 0xFFF;
}

static void reset_clocks(void) {
  RCC_CFGR = 0;
  while (RCC_CFGR & 0xC) {
  }
  RCC_CR = 0x83;
  RCC_PLLCFGR = 0x24003010;
  RCC_CIR = 0;
}

static void as_the_list_says(void) {
  reset_clocks();
  STK_CTRL = 0;
  STK_LOAD = 0;
  STK_VAL = 0;
  for (unsigned n = 0; n < 3; ++n) {
    NVIC_ICER(n) = 0xFFFFFFFF;
    NVIC_ICPR(n) = 0xFFFFFFFF;
  }
  SYSCFG_MEMRMP = 1;
  jump_with_stack(REG(SYSTEM_MEMORY), REG(SYSTEM_MEMORY + 4));
}

static void wait(void) {
  for (volatile unsigned n = 0; n < 10000; ++n) {
  }
}

int main(void) {
  if (scenario == FRESH_FROM_RESET) jump();
  start_clocks();
  start_peripherals();
  start_usb();
  if (scenario != SYSBOOT_DIRECT) start_watchdog();
  wait();
  switch (scenario) {
    case FROM_MAIN: jump(); break;
    case FROM_CALLBACK: NVIC_STIR = 6; break;
    case INTERRUPTS_OFF:
      __asm volatile("cpsid i");
      jump_with_stack(REG(SYSTEM_MEMORY), REG(SYSTEM_MEMORY + 4));
      break;
    case THE_USUAL_LIST: as_the_list_says(); break;
    case SYSBOOT_DIRECT: note(sysboot_jump_now()); break;
    default: break;
  }
  return 0;
}

void SysTick_Handler(void) {}
void irq6_handler(void) { /* the button's callback */
  jump();
}
void irq28_handler(void) {
  TIM2(0x10) = 0;
}
void irq37_handler(void) {}
void irq67_handler(void) {
  OTG(0x14) = OTG(0x14);
}
