/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Touches a peripheral that the emulator does not have, twice. */
#include "device.h"

int main(void) {
  RCC_APB2ENR |= BIT(11);
  REG(0x40012C00) = 3; /* SDIO_POWER */
  note(REG(0x40012C00));
  for (;;) {
  }
}
