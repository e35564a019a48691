// SPDX-License-Identifier: 0BSD
#include "clock.h"

#include "registers/rcc.h"
#include "ticks.h"

#define CRYSTAL_STARTS_WITHIN_MS 100u
#define PLL_LOCKS_WITHIN_MS 10u  // 300 us: DS-F411, main PLL characteristics
// 90 to 100 MHz at 2.7 to 3.6 V: RM0383 section 3.4.1.
#define WAIT_STATES 3u

static void reset_peripherals(void) {
  RCC->ahb1rstr = RCC_AHB1_ALL;
  RCC->ahb2rstr = RCC_AHB2_ALL;
  RCC->apb1rstr = RCC_APB1_ALL;
  RCC->apb2rstr = RCC_APB2_ALL;
  RCC->ahb1rstr = 0u;
  RCC->ahb2rstr = 0u;
  RCC->apb1rstr = 0u;
  RCC->apb2rstr = 0u;
  RCC->ahb1enr = 0u;
  RCC->ahb2enr = 0u;
  RCC->apb1enr = 0u;
  RCC->apb2enr = 0u;
}

// The waits for HSI have no deadline: a core whose clock does not come has nothing to fall back to.
void clock_start_hsi(void) {
  RCC->cr |= RCC_CR_HSION;
  while ((RCC->cr & RCC_CR_HSIRDY) == 0u) {
  }
  RCC->cfgr = RCC_CFGR_SW_HSI;
  while ((RCC->cfgr & RCC_CFGR_SWS) != RCC_CFGR_SWS_HSI) {
  }
  RCC->cr &= ~(RCC_CR_CSSON | RCC_CR_PLLON | RCC_CR_PLLI2SON);
  while ((RCC->cr & RCC_CR_PLLRDY) != 0u) {
  }
  RCC->cr &= ~RCC_CR_HSEON;
  while ((RCC->cr & RCC_CR_HSERDY) != 0u) {
  }
  RCC->cr &= ~RCC_CR_HSEBYP;  // changes only while HSE is off
  RCC->cir = RCC_CIR_CLEAR_ALL;
  reset_peripherals();
}

static bool comes_on(uint32_t ready, uint32_t within_ms) {
  const uint32_t since = ticks_now();
  while ((RCC->cr & ready) == 0u) {
    if (ticks_passed(since, within_ms)) return false;
  }
  return true;
}

/// The caches may hold what was in flash before the ROM wrote it. They can be reset only while off.
static void prepare_flash(void) {
  FLASH_ACR = WAIT_STATES;
  FLASH_ACR = WAIT_STATES | FLASH_ACR_ICRST | FLASH_ACR_DCRST;
  FLASH_ACR = WAIT_STATES | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
  while ((FLASH_ACR & FLASH_ACR_LATENCY) != WAIT_STATES) {
  }
}

static void prepare_power(void) {
  RCC->apb1enr |= RCC_APB1_PWR;
  (void)RCC->apb1enr;                                   // the clock is there two cycles later
  PWR_CR = (PWR_CR & ~PWR_CR_VOS) | PWR_CR_VOS_SCALE1;  // takes effect with the PLL
}

static bool start_crystal(void) {
  RCC->cr |= RCC_CR_HSEON;
  if (comes_on(RCC_CR_HSERDY, CRYSTAL_STARTS_WITHIN_MS)) return true;
  RCC->cr &= ~RCC_CR_HSEON;
  return false;
}

static bool start_pll(void) {
  RCC->pllcfgr =
      RCC_PLLCFGR_HSE | RCC_PLLCFGR_M(25) | RCC_PLLCFGR_N(192) | RCC_PLLCFGR_P2 | RCC_PLLCFGR_Q(4);
  RCC->cr |= RCC_CR_PLLON;
  if (comes_on(RCC_CR_PLLRDY, PLL_LOCKS_WITHIN_MS)) return true;
  RCC->cr &= ~(RCC_CR_PLLON | RCC_CR_HSEON);
  return false;
}

bool clock_start_pll(void) {
  if (!start_crystal()) return false;
  prepare_power();
  if (!start_pll()) return false;
  prepare_flash();
  RCC->cfgr = RCC_CFGR_PPRE1_DIV2;  // APB1: 50 MHz at most
  RCC->cfgr = RCC_CFGR_PPRE1_DIV2 | RCC_CFGR_SW_PLL;
  while ((RCC->cfgr & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL) {
  }
  return true;
}
