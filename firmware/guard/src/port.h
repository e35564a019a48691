// SPDX-License-Identifier: 0BSD
// How decisions see the chip. On the host, tests supply the functions.
#pragma once

#include <stdint.h>

#include "sysboot_family.h"

// What the lines differ in: RAM that is in one piece with that at 0x20000000, and core-coupled RAM,
// in bytes. RM0033 (F205 with 512 KiB of flash or more, F207), RM0368 (F401), RM0090 (F405, F407,
// F415, F417), RM0383 (F411), RM0402 (F412), RM0390 (F446).
#if defined(STM32F401xC)
#define GUARD_RAM_SIZE 0x10000u
#elif defined(STM32F401xE)
#define GUARD_RAM_SIZE 0x18000u
#elif defined(STM32F405xx) || defined(STM32F407xx) || defined(STM32F415xx) || defined(STM32F417xx)
#define GUARD_RAM_SIZE 0x20000u
#define GUARD_CCM_SIZE 0x10000u
#elif defined(STM32F411xE) || defined(STM32F446xx) || defined(SYSBOOT_FAMILY_F2)
#define GUARD_RAM_SIZE 0x20000u
#elif defined(STM32F412Cx) || defined(STM32F412Rx) || defined(STM32F412Vx) || defined(STM32F412Zx)
#define GUARD_RAM_SIZE 0x40000u
#else
#error "guard: this chip is not in port.h"
#endif
#ifndef GUARD_CCM_SIZE
#define GUARD_CCM_SIZE 0u
#endif

#define GUARD_RAM 0x20000000u
#define GUARD_CCM 0x10000000u
#define GUARD_FLASH 0x08000000u
#define GUARD_FLASH_SIZE_AT 0x1FFF7A20u  // in KiB, the upper half of this word

#if defined(__arm__)

static inline uint32_t guard_read(uint32_t address) {
  return *(const volatile uint32_t*)address;
}

#else

uint32_t guard_read(uint32_t address);

#endif

/// guard_stamp_crc() of guard_image.h for the `length` bytes at `address`.
uint32_t guard_image_crc(uint32_t address, uint32_t length);
