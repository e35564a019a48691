/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why the chip was reset, and what survives it. */
#include "device.h"

__attribute__((section(".noinit"))) volatile uint32_t survivor;

static void reset(void) {
  SCB_AIRCR = 0x05FA0004;
  note(0xBAD); /* never gets here */
}

int main(void) {
  note(RCC_CSR & 0xFE000000);
  note(survivor);
  switch (scenario) {
    case 1:
      scenario = 0;
      RCC_CSR = BIT(24);
      reset();
      break;
    case 2: /* independent watchdog, about 8 ms */
      scenario = 0;
      RCC_CSR = BIT(24);
      IWDG_KR = 0x5555;
      IWDG_RLR = 63;
      IWDG_KR = 0xCCCC;
      break;
    case 3: /* window watchdog */
      scenario = 0;
      RCC_CSR = BIT(24);
      RCC_APB1ENR = BIT(11);
      WWDG_CR = 0xC3;
      break;
    case 4: /* kept away */
      IWDG_KR = 0x5555;
      IWDG_RLR = 63;
      IWDG_KR = 0xCCCC;
      for (int i = 0; i < 50; ++i) {
        for (volatile int j = 0; j < 10000; ++j) {
        }
        IWDG_KR = 0xAAAA;
      }
      note(0x600D);
      break;
    case 5: /* backup registers */
      note(RTC(0x50));
      RCC_APB1ENR = BIT(28);
      PWR_CR |= BIT(8);
      RTC(0x50) = 0x12345678;
      break;
    case 6: /* without access to the backup domain */
      RTC(0x50) = 0x11111111;
      note(RTC(0x50));
      break;
    default: break;
  }
  survivor = 0xC0FFEE;
  return 0;
}
