// SPDX-License-Identifier: 0BSD
#include "start.h"

#include "registers/rcc.h"
#include "sysboot.h"

static enum start_reason reason;

static enum start_reason find_reason(unsigned rom_entries) {
  const enum sysboot_exit exit = sysboot_rom_exit();
  if (rom_entries > 0u && (exit == SYSBOOT_EXIT_JUMP || exit == SYSBOOT_EXIT_CLEAN)) {
    return START_ROM_LEFT;
  }
  if (rom_entries > 0u && exit == SYSBOOT_EXIT_SOFTWARE_RESET) return START_ROM_BOUNCED;
  const uint32_t flags = sysboot_reset_flags();
  if ((flags & (RCC_CSR_PORRSTF | RCC_CSR_BORRSTF)) != 0u) return START_POWER;
  if ((flags & (RCC_CSR_IWDGRSTF | RCC_CSR_WWDGRSTF)) != 0u) return START_WATCHDOG;
  if ((flags & RCC_CSR_LPWRRSTF) != 0u) return START_LOW_POWER;
  if ((flags & RCC_CSR_SFTRSTF) != 0u) return START_SOFTWARE;
  // None at all: something jumped here.
  return (flags & RCC_CSR_PINRSTF) != 0u ? START_PIN : START_ROM_LEFT;
}

void start_note_reason(unsigned rom_entries) {
  reason = find_reason(rom_entries);
  RCC->csr |= RCC_CSR_RMVF;
}

enum start_reason start_reason(void) {
  return reason;
}

const char* start_describe(void) {
  switch (reason) {
    case START_POWER: return "power-on";
    case START_PIN: return "the reset pin";
    case START_SOFTWARE: return "a software reset";
    case START_WATCHDOG: return "a watchdog";
    case START_LOW_POWER: return "a low-power reset";
    case START_ROM_LEFT: return "the ROM's leave";
    case START_ROM_BOUNCED: return "the ROM, which resets the chip: check the crystal";
  }
  return "?";
}
