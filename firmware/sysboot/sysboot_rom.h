// SPDX-License-Identifier: 0BSD
// Internal: the way into the ROM, from a chip that is as a reset leaves it.
#pragma once

#include "sysboot_cpu.h"

/// MEM_MODE = 1: system memory at address 0. The other bits of the register may say which flash
/// bank this code runs from.
static inline void sysboot_rom_map_at_zero(uintptr_t rcc) {
  if (SYSBOOT_REMAP_CLOCK != 0u) {
    sysboot_cpu_write(rcc + SYSBOOT_REMAP_CLOCK, SYSBOOT_REMAP_CLOCK_BIT);
    (void)sysboot_cpu_read(rcc + SYSBOOT_REMAP_CLOCK);  // it takes two cycles
  }
  const uintptr_t remap = rcc - (SYSBOOT_RCC - SYSBOOT_REMAP);  // near it, so without a literal
  sysboot_cpu_write(remap, sysboot_cpu_read(remap) | 1u);
  if (SYSBOOT_REMAP_CLOCK != 0u) sysboot_cpu_write(rcc + SYSBOOT_REMAP_CLOCK, 0u);
}

/// Makes the chip look as if it had booted from its ROM (BOOT0 high), and starts the ROM.
__attribute__((noreturn)) static inline void sysboot_rom_enter(uintptr_t rcc) {
  if (SYSBOOT_REMAP != 0u) sysboot_rom_map_at_zero(rcc);
  if (SYSBOOT_HAS_VTOR) {
    sysboot_cpu_write(SYSBOOT_SCB_VTOR, SYSBOOT_REMAP != 0u ? 0u : SYSBOOT_ROM);
  }
  sysboot_cpu_jump(SYSBOOT_ROM);
}
