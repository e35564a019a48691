/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the little test programs share: registers by address, and notes that the test reads. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))
#define REG8(address) (*(volatile uint8_t *)(address))
#define REG16(address) (*(volatile uint16_t *)(address))
#define BIT(n) (1UL << (n))

/* Cortex-M4 */
#define DEMCR REG(0xE000EDFC)
#define DWT_CTRL REG(0xE0001000)
#define DWT_CYCCNT REG(0xE0001004)
#define STK_CTRL REG(0xE000E010)
#define STK_LOAD REG(0xE000E014)
#define STK_VAL REG(0xE000E018)
#define NVIC_ISER(n) REG(0xE000E100 + 4 * (n))
#define NVIC_ICER(n) REG(0xE000E180 + 4 * (n))
#define NVIC_ISPR(n) REG(0xE000E200 + 4 * (n))
#define NVIC_ICPR(n) REG(0xE000E280 + 4 * (n))
#define NVIC_IPR(irq) REG8(0xE000E400 + (irq))
#define NVIC_STIR REG(0xE000EF00)
#define SCB_ICSR REG(0xE000ED04)
#define SCB_VTOR REG(0xE000ED08)
#define SCB_AIRCR REG(0xE000ED0C)
#define SCB_SCR REG(0xE000ED10)
#define SCB_CCR REG(0xE000ED14)
#define SCB_SHPR(exception) REG8(0xE000ED18 + (exception)-4)
#define SCB_SHCSR REG(0xE000ED24)
#define SCB_CFSR REG(0xE000ED28)
#define SCB_HFSR REG(0xE000ED2C)
#define SCB_BFAR REG(0xE000ED38)
#define SCB_CPACR REG(0xE000ED88)
#define FPU_FPCCR REG(0xE000EF34)

/* STM32F411 */
#define RCC_CR REG(0x40023800)
#define RCC_PLLCFGR REG(0x40023804)
#define RCC_CFGR REG(0x40023808)
#define RCC_CIR REG(0x4002380C)
#define RCC_AHB1RSTR REG(0x40023810)
#define RCC_AHB1ENR REG(0x40023830)
#define RCC_AHB2ENR REG(0x40023834)
#define RCC_APB1ENR REG(0x40023840)
#define RCC_APB2ENR REG(0x40023844)
#define RCC_BDCR REG(0x40023870)
#define RCC_CSR REG(0x40023874)
#define PWR_CR REG(0x40007000)
#define FLASH_ACR REG(0x40023C00)
#define FLASH_KEYR REG(0x40023C04)
#define FLASH_SR REG(0x40023C0C)
#define FLASH_CR REG(0x40023C10)
#define GPIO(port, offset) REG(0x40020000 + 0x400 * (port) + (offset))
#define SYSCFG_MEMRMP REG(0x40013800)
#define SYSCFG_EXTICR1 REG(0x40013808)
#define EXTI_IMR REG(0x40013C00)
#define EXTI_RTSR REG(0x40013C08)
#define EXTI_FTSR REG(0x40013C0C)
#define EXTI_PR REG(0x40013C14)
#define IWDG_KR REG(0x40003000)
#define IWDG_PR REG(0x40003004)
#define IWDG_RLR REG(0x40003008)
#define IWDG_SR REG(0x4000300C)
#define WWDG_CR REG(0x40002C00)
#define RTC(offset) REG(0x40002800 + (offset))
#define TIM2(offset) REG(0x40000000 + (offset))
#define USART1(offset) REG(0x40011000 + (offset))

/* Kept through resets. The test sets `scenario` before it starts the program. */
extern volatile uint32_t scenario;
extern volatile uint32_t notes[128];
extern volatile uint32_t note_count;

static inline void note(uint32_t value) {
  notes[note_count++ % 128] = value;
}

/* Nothing more will happen. */
static inline void finish(void) {
  __asm volatile("cpsid i");
  for (;;) {
  }
}

static inline void barrier(void) {
  __asm volatile("dsb\n\tisb" ::: "memory");
}

int main(void);

#endif
