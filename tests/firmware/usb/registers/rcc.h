// SPDX-License-Identifier: GPL-3.0-or-later
// In the place of the clock control: the USB core always has its clock.
#pragma once

#include <stdint.h>

struct rcc {
  uint32_t ahb2enr;
};
static struct rcc clock_control;
#define RCC (&clock_control)
#define RCC_AHB2_OTGFS (1u << 7)
