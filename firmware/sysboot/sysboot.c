// SPDX-License-Identifier: 0BSD
// The request, and its answer after the reset.
//
// The record in the store is SYSBOOT_KEY + n: the ROM has been entered n times for this request.
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
//
// Where guard is (firmware/guard), it does all that before the application, clears the flags, and
// leaves a record of its own instead. That is believed only while there are no flags: else no guard
// has run, and the record is one that RAM has kept.
#include "sysboot.h"

#include "sysboot_cpu.h"
#include "sysboot_record.h"
#include "sysboot_rom.h"
#include "sysboot_store.h"

#ifndef SYSBOOT_TRIES
#define SYSBOOT_TRIES (SYSBOOT_ROM_NEEDS_CRYSTAL ? 3u : 1u)
#endif
_Static_assert(SYSBOOT_TRIES >= 1u && SYSBOOT_TRIES <= 255u, "SYSBOOT_TRIES: 1 to 255");

static inline bool only_software(uint32_t flags) {
  const uint32_t others = SYSBOOT_RESET_ALL & ~(SYSBOOT_RESET_PIN | SYSBOOT_RESET_COMPANIONS);
  return (flags & others) == SYSBOOT_RESET_SOFTWARE;
}

static inline uint32_t read_reset_flags(uintptr_t rcc) {
  return sysboot_cpu_read(rcc + SYSBOOT_RESET_FLAGS) & SYSBOOT_RESET_ALL;
}

/// The record, if guard has started this application with it, else 0.
static inline uint32_t from_guard(uint32_t record, uint32_t flags) {
#if defined(SYSBOOT_FAMILY_F2) || defined(SYSBOOT_FAMILY_F4)
  return (record & SYSBOOT_GUARD_MASK) == SYSBOOT_GUARD && flags == 0u ? record : 0u;
#else
  (void)record;
  (void)flags;
  return 0u;
#endif
}

static inline void clear_reset_flags(uintptr_t rcc) {
  const uint32_t others = sysboot_cpu_read(rcc + SYSBOOT_RESET_FLAGS);
  sysboot_cpu_write(rcc + SYSBOOT_RESET_FLAGS, others | SYSBOOT_BIT(SYSBOOT_RMVF));
}

unsigned sysboot_check(void) {
  const uint32_t record = store_load();
  const uint32_t entries = record - SYSBOOT_KEY;
  const uintptr_t rcc = sysboot_cpu_base(SYSBOOT_RCC);
  const uint32_t flags = read_reset_flags(rcc);
  if (entries > SYSBOOT_TRIES) return from_guard(record, flags) & SYSBOOT_GUARD_ENTRIES;

  if (entries == SYSBOOT_TRIES || !only_software(flags)) {
    store_wipe();
    return entries;
  }
  store_save(record + 1u);
  clear_reset_flags(rcc);
  sysboot_rom_enter(rcc);
}

uint32_t sysboot_reset_flags(void) {
  const uint32_t flags = read_reset_flags(SYSBOOT_RCC);
  return flags != 0u ? flags : from_guard(store_load(), flags) & SYSBOOT_GUARD_FLAGS;
}

enum sysboot_exit sysboot_rom_exit(void) {
  const uint32_t flags = sysboot_reset_flags();
  if (flags != 0u) {
    return only_software(flags) ? SYSBOOT_EXIT_SOFTWARE_RESET : SYSBOOT_EXIT_OTHER_RESET;
  }
  return from_guard(store_load(), flags) != 0u ? SYSBOOT_EXIT_CLEAN : SYSBOOT_EXIT_JUMP;
}

void sysboot_confirm(void) {
  const uint32_t record = from_guard(store_load(), read_reset_flags(SYSBOOT_RCC));
  if ((record & SYSBOOT_GUARD_STARTS) != 0u) store_save(record & ~SYSBOOT_GUARD_STARTS);
}

void sysboot_request(void) {
  sysboot_cpu_interrupts_off();
  clear_reset_flags(sysboot_cpu_base(SYSBOOT_RCC));
  store_save_and_reset(SYSBOOT_KEY);
}

void sysboot_reset(void) {
  sysboot_cpu_interrupts_off();
  sysboot_cpu_reset();
}
