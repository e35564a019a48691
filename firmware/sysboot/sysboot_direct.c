// SPDX-License-Identifier: 0BSD
// The last resort: from a running application straight into the ROM, without a reset.
//
// What a reset does in hardware is done by hand here, as far as ST's manuals tell (RCC, FLASH and
// NVIC registers in RM0033, RM0383, RM0090; PM0214). For STM32F2 and F4; for other families there
// is nothing in it, so that a build may take all files of the folder. Prefer sysboot_request().
#include "sysboot.h"  // for all: a file without any declaration is not C
#include "sysboot_chip.h"

#if defined(SYSBOOT_FAMILY_F2) || defined(SYSBOOT_FAMILY_F4)

#include "sysboot_cpu.h"
#include "sysboot_direct.h"
#include "sysboot_rom.h"

#define RCC_CR (SYSBOOT_RCC + 0x00u)
#define RCC_PLLCFGR (SYSBOOT_RCC + 0x04u)
#define RCC_CFGR (SYSBOOT_RCC + 0x08u)
#define RCC_CIR (SYSBOOT_RCC + 0x0Cu)
#define RCC_AHB1RSTR (SYSBOOT_RCC + 0x10u)
#define RCC_AHB2RSTR (SYSBOOT_RCC + 0x14u)
#define RCC_AHB3RSTR (SYSBOOT_RCC + 0x18u)
#define RCC_APB1RSTR (SYSBOOT_RCC + 0x20u)
#define RCC_APB2RSTR (SYSBOOT_RCC + 0x24u)
#define RCC_AHB1ENR (SYSBOOT_RCC + 0x30u)
#define RCC_AHB2ENR (SYSBOOT_RCC + 0x34u)
#define RCC_AHB3ENR (SYSBOOT_RCC + 0x38u)
#define RCC_APB1ENR (SYSBOOT_RCC + 0x40u)
#define RCC_APB2ENR (SYSBOOT_RCC + 0x44u)
#define FLASH_ACR 0x40023C00u
#define EXTI_IMR 0x40013C00u
#define EXTI_PR 0x40013C14u

#define HSION SYSBOOT_BIT(0)
#define HSIRDY SYSBOOT_BIT(1)
#define HSEON SYSBOOT_BIT(16)
#define HSEBYP SYSBOOT_BIT(18)
#define CSSON SYSBOOT_BIT(19)
#define PLLS (SYSBOOT_BIT(24) | SYSBOOT_BIT(26) | SYSBOOT_BIT(28))  // PLL, PLLI2S, PLLSAI
#define SWS (SYSBOOT_BIT(2) | SYSBOOT_BIT(3))
#define PLLCFGR_AFTER_RESET 0x24003010u
#define CIR_CLEAR_ALL 0x00FF0000u
#define ICRST_DCRST (SYSBOOT_BIT(11) | SYSBOOT_BIT(12))
#define PENDSVCLR_PENDSTCLR (SYSBOOT_BIT(27) | SYSBOOT_BIT(25))
// On after a reset, on the lines that have them: core-coupled RAM, the RTC's bus clock.
#define CCMDATARAMEN SYSBOOT_BIT(20)
#define RTCAPBEN SYSBOOT_BIT(10)

static void fill(uintptr_t address, uint32_t words, uint32_t value) {
  for (uint32_t n = 0u; n < words; ++n) sysboot_cpu_write(address + 4u * n, value);
}

static void keep_bits(uintptr_t address, uint32_t bits) {
  sysboot_cpu_write(address, sysboot_cpu_read(address) & bits);
}

static void quiet_the_core(void) {
  fill(SYSBOOT_SYST_CSR, 3u, 0u);
  fill(SYSBOOT_NVIC_ICER, 8u, 0xFFFFFFFFu);
  fill(SYSBOOT_NVIC_IPR, 26u, 0u);  // up to 102 interrupts, four a word
  fill(SYSBOOT_SCB_SHPR1, 4u, 0u);  // three registers of priorities, and SHCSR
  sysboot_cpu_write(SYSBOOT_MPU_CTRL, 0u);
}

/// HSI first, so that no clock is taken away from under the core. The two waits have no deadline: a
/// core whose clock does not come has nothing to fall back to.
static void reset_clocks(void) {
  sysboot_cpu_write(RCC_CR, sysboot_cpu_read(RCC_CR) | HSION);
  while ((sysboot_cpu_read(RCC_CR) & HSIRDY) == 0u) {
  }
  sysboot_cpu_write(RCC_CFGR, 0u);
  while ((sysboot_cpu_read(RCC_CFGR) & SWS) != 0u) {
  }
  keep_bits(RCC_CR, ~(CSSON | PLLS));
  keep_bits(RCC_CR, ~HSEON);
  keep_bits(RCC_CR, ~HSEBYP);  // changes only while HSE is off
  sysboot_cpu_write(RCC_PLLCFGR, PLLCFGR_AFTER_RESET);
  sysboot_cpu_write(RCC_CIR, CIR_CLEAR_ALL);
  sysboot_cpu_write(FLASH_ACR, 0u);
  sysboot_cpu_write(FLASH_ACR, ICRST_DCRST);  // possible only while the caches are off
  sysboot_cpu_write(FLASH_ACR, 0u);
}

/// After the clocks: it takes away the overdrive that fast clocks need (PWR).
static void reset_peripherals(void) {
  fill(RCC_AHB1RSTR, 3u, 0xFFFFFFFFu);
  fill(RCC_APB1RSTR, 2u, 0xFFFFFFFFu);
  fill(RCC_AHB1RSTR, 3u, 0u);
  fill(RCC_APB1RSTR, 2u, 0u);
  keep_bits(RCC_AHB1ENR, CCMDATARAMEN);
  fill(RCC_AHB2ENR, 2u, 0u);
  keep_bits(RCC_APB1ENR, RTCAPBEN);
  sysboot_cpu_write(RCC_APB2ENR, 0u);
}

/// Last, because resetting pins and peripherals makes edges and requests. EXTI has no reset of its
/// own: masks, edges and software events are its first five registers.
static void forget_interrupts(void) {
  fill(EXTI_IMR, 5u, 0u);
  sysboot_cpu_write(EXTI_PR, 0xFFFFFFFFu);
  fill(SYSBOOT_NVIC_ICPR, 8u, 0xFFFFFFFFu);
  sysboot_cpu_write(SYSBOOT_SCB_ICSR, PENDSVCLR_PENDSTCLR);
}

bool sysboot_jump_now(void) {
  if (sysboot_cpu_in_interrupt()) return false;
  sysboot_cpu_interrupts_off();
  quiet_the_core();
  reset_clocks();
  reset_peripherals();
  forget_interrupts();
  sysboot_cpu_unmask_priorities();
  sysboot_cpu_barrier();
  sysboot_rom_enter(SYSBOOT_RCC);
}

#endif
