// SPDX-License-Identifier: 0BSD
// The last resort, for STM32F2 and F4: prefer sysboot_request() of sysboot.h.
#pragma once

#include <stdbool.h>

#include "sysboot_chip.h"

#if !defined(SYSBOOT_FAMILY_F2) && !defined(SYSBOOT_FAMILY_F4)
#error "sysboot: sysboot_jump_now() knows the clocks of STM32F2 and F4 only; use sysboot_request()"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Enters the ROM from a running application, without a reset. Interrupts, SysTick, MPU, clocks and
/// peripherals go back into their reset state first. What it cannot do: stop a watchdog, which then
/// resets the chip in the middle of a flash; and when the ROM bounces, it is not tried again.
///
/// Returns false, with nothing changed, when called in an interrupt: only that interrupt's own
/// return leads back to thread mode, and without it the ROM's interrupts would never run.
bool sysboot_jump_now(void);

#ifdef __cplusplus
}
#endif
