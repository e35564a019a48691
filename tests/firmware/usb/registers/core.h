// SPDX-License-Identifier: GPL-3.0-or-later
// In the place of the Cortex-M4's: there are no interrupts here.
#pragma once

#include <stdint.h>

#define OTG_FS_INTERRUPT 67u

static inline void nvic_enable(uint32_t interrupt) {
  (void)interrupt;
}
static inline void nvic_disable(uint32_t interrupt) {
  (void)interrupt;
}
