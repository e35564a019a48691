// SPDX-License-Identifier: 0BSD
// Reset and clock control, power and flash access of the STM32F411 (RM0383 chapters 6, 5 and 3).
#pragma once

#include <stdint.h>

struct rcc {
  volatile uint32_t cr, pllcfgr, cfgr, cir;
  volatile uint32_t ahb1rstr, ahb2rstr, reserved1[2], apb1rstr, apb2rstr, reserved2[2];
  volatile uint32_t ahb1enr, ahb2enr, reserved3[2], apb1enr, apb2enr, reserved4[2];
  volatile uint32_t ahb1lpenr, ahb2lpenr, reserved5[2], apb1lpenr, apb2lpenr, reserved6[2];
  volatile uint32_t bdcr, csr;
};
#define RCC ((struct rcc*)0x40023800u)

#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_HSEBYP (1u << 18)
#define RCC_CR_CSSON (1u << 19)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_CR_PLLI2SON (1u << 26)

// PLL: input / M is 1 to 2 MHz; times N is 100 to 432 MHz; / P for the core, / Q for USB.
#define RCC_PLLCFGR_M(m) ((uint32_t)(m))
#define RCC_PLLCFGR_N(n) ((uint32_t)(n) << 6)
#define RCC_PLLCFGR_P2 (0u << 16)
#define RCC_PLLCFGR_HSE (1u << 22)
#define RCC_PLLCFGR_Q(q) ((uint32_t)(q) << 24)

#define RCC_CFGR_SW_HSI 0u
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS (3u << 2)
#define RCC_CFGR_SWS_HSI (0u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PPRE1_DIV2 (4u << 10)

#define RCC_CIR_CLEAR_ALL 0x00BF0000u  // and no interrupt enabled

// All peripherals that these registers can reset.
#define RCC_AHB1_ALL 0x0060109Fu
#define RCC_AHB2_ALL 0x00000080u
#define RCC_APB1_ALL 0x10E2C80Fu
#define RCC_APB2_ALL 0x00177931u

#define RCC_AHB1_GPIOA (1u << 0)
#define RCC_AHB1_GPIOC (1u << 2)
#define RCC_AHB2_OTGFS (1u << 7)
#define RCC_APB1_PWR (1u << 28)

#define RCC_CSR_RMVF (1u << 24)
#define RCC_CSR_BORRSTF (1u << 25)
#define RCC_CSR_PINRSTF (1u << 26)
#define RCC_CSR_PORRSTF (1u << 27)
#define RCC_CSR_SFTRSTF (1u << 28)
#define RCC_CSR_IWDGRSTF (1u << 29)
#define RCC_CSR_WWDGRSTF (1u << 30)
#define RCC_CSR_LPWRRSTF (1u << 31)

#define PWR_CR (*(volatile uint32_t*)0x40007000u)
#define PWR_CR_VOS (3u << 14)
#define PWR_CR_VOS_SCALE1 (3u << 14)  // up to 100 MHz

#define FLASH_ACR (*(volatile uint32_t*)0x40023C00u)
#define FLASH_ACR_LATENCY 0xFu
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)
#define FLASH_ACR_ICRST (1u << 11)
#define FLASH_ACR_DCRST (1u << 12)
