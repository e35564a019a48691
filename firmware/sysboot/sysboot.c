// SPDX-License-Identifier: 0BSD
// The request, and its answer after the reset.
//
// The record in the store is KEY + n: the ROM has been entered n times for this request.
//
//     n = 0               written by sysboot_request()
//     n = 1 ... TRIES     written before the n-th jump
//
// The reset flags are cleared each time, so they tell what has happened since:
//
//     software reset only   n < TRIES: jump. It was the request's own reset, or the ROM bounced
//                           n = TRIES: the ROM bounced once too often
//     none                  the ROM jumped to the application
//     anything else         power, pin, watchdog: drop the request
//
// The pin's flag counts for nothing beside another one. NRST is bidirectional: every internal reset
// pulls it low, and so sets PINRSTF as well (RM0383 section 6.1.1).
#include "sysboot.h"

#include "sysboot_cpu.h"
#include "sysboot_rom.h"
#include "sysboot_store.h"

#ifndef SYSBOOT_TRIES
#define SYSBOOT_TRIES (SYSBOOT_ROM_NEEDS_CRYSTAL ? 3u : 1u)
#endif
_Static_assert(SYSBOOT_TRIES >= 1u && SYSBOOT_TRIES <= 255u, "SYSBOOT_TRIES: 1 to 255");

#define KEY 0xDF00DF00u  // n is its lowest byte

static inline bool only_software(uint32_t flags) {
  const uint32_t others = SYSBOOT_RESET_ALL & ~(SYSBOOT_RESET_PIN | SYSBOOT_RESET_COMPANIONS);
  return (flags & others) == SYSBOOT_RESET_SOFTWARE;
}

static inline void clear_reset_flags(uintptr_t rcc) {
  const uint32_t others = sysboot_cpu_read(rcc + SYSBOOT_RESET_FLAGS);
  sysboot_cpu_write(rcc + SYSBOOT_RESET_FLAGS, others | SYSBOOT_BIT(SYSBOOT_RMVF));
}

unsigned sysboot_check(void) {
  const uint32_t record = store_load();
  const uint32_t entries = record - KEY;
  if (entries > SYSBOOT_TRIES) return 0u;

  const uintptr_t rcc = sysboot_cpu_base(SYSBOOT_RCC);
  if (entries == SYSBOOT_TRIES || !only_software(sysboot_cpu_read(rcc + SYSBOOT_RESET_FLAGS))) {
    store_wipe();
    return entries;
  }
  store_save(record + 1u);
  clear_reset_flags(rcc);
  sysboot_rom_enter(rcc);
}

enum sysboot_exit sysboot_rom_exit(void) {
  const uint32_t flags = sysboot_cpu_read(SYSBOOT_RCC + SYSBOOT_RESET_FLAGS) & SYSBOOT_RESET_ALL;
  if (flags == 0u) return SYSBOOT_EXIT_JUMP;
  return only_software(flags) ? SYSBOOT_EXIT_SOFTWARE_RESET : SYSBOOT_EXIT_OTHER_RESET;
}

void sysboot_request(void) {
  sysboot_cpu_interrupts_off();
  clear_reset_flags(sysboot_cpu_base(SYSBOOT_RCC));
  store_save_and_reset(KEY);
}

void sysboot_reset(void) {
  sysboot_cpu_interrupts_off();
  sysboot_cpu_reset();
}
