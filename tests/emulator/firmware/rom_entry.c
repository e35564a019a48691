/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jumps into system memory: cleanly, and with one thing wrong at a time. */
#include "device.h"

#define SYSTEM_MEMORY 0x1FFF0000

void SysTick_Handler(void) {
}

__attribute__((naked, noreturn)) static void jump(uint32_t stack, uint32_t start) {
  __asm volatile("msr msp, r0\n\tbx r1" ::"r"(stack), "r"(start));
}

static void start_usb(void) {
  RCC_AHB1ENR |= BIT(0);
  RCC_AHB2ENR |= BIT(7);
  GPIO(0, 0x00) |= 2 << 22 | 2 << 24;
  GPIO(0, 0x24) |= 10 << 12 | 10 << 16;
  REG(0x50000038) = BIT(16) | BIT(21); /* GCCFG */
}

int main(void) {
  uint32_t stack = REG(SYSTEM_MEMORY), start = REG(SYSTEM_MEMORY + 4);
  switch (scenario) {
    case 0: break; /* nothing wrong */
    case 1: __asm volatile("cpsid i"); break;
    case 2: __asm volatile("cpsid f"); break;
    case 3: __asm volatile("msr basepri, %0" ::"r"(0x10)); break;
    case 4: stack = 0x20002000; break;
    case 5: start += 0x10; break;
    case 6: NVIC_ISER(0) = BIT(6); break;
    case 7: NVIC_ISPR(0) = BIT(6); break;
    case 8:
      STK_LOAD = 0xFFFF;
      STK_CTRL = 7;
      break;
    case 9:
      RCC_CR |= BIT(16);
      while (!(RCC_CR & BIT(17))) {
      }
      break;
    case 10:
      RCC_PLLCFGR = 16 | 192 << 6 | 1 << 16 | 4 << 24;
      RCC_CR |= BIT(24);
      while (!(RCC_CR & BIT(25))) {
      }
      FLASH_ACR = 1;
      RCC_CFGR = 2 | 4 << 10;
      while ((RCC_CFGR & 0xC) != 8) {
      }
      break;
    case 11: RCC_AHB1ENR |= BIT(2); break;
    case 12:
      RCC_APB1ENR |= BIT(0);
      TIM2(0x00) = 1;
      RCC_APB1ENR = 0; /* the clock is off, the registers are not as after a reset */
      break;
    case 13: start_usb(); break;
    case 14:
      IWDG_KR = 0x5555;
      IWDG_RLR = 0xFFF;
      IWDG_KR = 0xCCCC;
      break;
    case 16: {
      __asm volatile("msr psp, %0\n\tmsr control, %1\n\tisb" ::"r"(stack), "r"(2));
      break;
    }
    case 17:
      __asm volatile("msr control, %0\n\tisb" ::"r"(1)); /* MSP can only be set with privilege */
      __asm volatile("bx %0" ::"r"(start));
      break;
    case 18:
      SCB_CPACR = 0xFUL << 20;
      barrier();
      __asm volatile("vmov.f32 s0, #1.0");
      break;
    case 19: /* from a handler */
      SCB_ICSR = BIT(28);
      barrier();
      break;
    case 20: /* remapped and by address 0: as after a reset with BOOT0 high */
      RCC_APB2ENR |= BIT(14);
      SYSCFG_MEMRMP = 1;
      stack = REG(0);
      start = REG(4);
      break;
    case 21:
      SCB_ICSR = BIT(26);
      __asm volatile("cpsid i");
      break;
    case 22: /* as the Black Magic Probe does: only the core is reset, and starts what is at 0 */
      RCC_AHB1ENR |= BIT(2);
      RCC_APB2ENR |= BIT(14);
      __asm volatile("cpsid i");
      SCB_ICSR = BIT(26);
      SYSCFG_MEMRMP = 1;
      barrier();
      SCB_AIRCR = 0x05FA0001;
      for (;;) {
      }
    default: break;
  }
  jump(stack, start);
}

void PendSV_Handler(void) {
  jump(REG(SYSTEM_MEMORY), REG(SYSTEM_MEMORY + 4));
}
