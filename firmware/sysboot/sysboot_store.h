// SPDX-License-Identifier: 0BSD
// Internal: the place that survives a reset; one store_*.h implements it.
//
// It holds a record: a value, and its complement. RAM at power-on, or a record that a power loss
// cut in half, has no matching complement.
//
//   store_load()             the value; 0 when there is none
//   store_save(value)        replaces it
//   store_wipe()             there is none from now on
//   store_save_and_reset(v)  replaces it and resets the chip; interrupts are off already
#pragma once

#if defined(SYSBOOT_STORE_RTC)
#include "store_rtc.h"
#elif defined(SYSBOOT_STORE_STACK_OFFSET) || \
    (defined(ARDUINO) && !defined(SYSBOOT_STORE_RESERVED))  // its linker script is the core's
#include "store_stack_offset.h"
#else
#include "store_reserved.h"
#endif
