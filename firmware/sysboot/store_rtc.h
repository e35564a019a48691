// SPDX-License-Identifier: 0BSD
// A store in two backup registers of the RTC (four on the F1, whose registers have 16 bits), from
// number SYSBOOT_RTC_REGISTER on: for projects that have no RAM to give away, or whose RAM
// something else clears first. The RTC need not run.
//
// With a battery on VBAT the record survives a power loss; it is then dropped, as after every reset
// that is not the request's own. Clock enables and write protection are put back as they were.
#pragma once

#include "sysboot_cpu.h"

#ifndef SYSBOOT_BACKUP
#error "sysboot: store_rtc.h does not know this family's backup registers; take another store"
#endif

/// 2 and 3: many projects remember in 0 and 1 that the clock is set, and the F0 has only five.
#ifndef SYSBOOT_RTC_REGISTER
#define SYSBOOT_RTC_REGISTER 2u
#endif

#define STORE_RECORD (SYSBOOT_BACKUP + 4u * SYSBOOT_RTC_REGISTER)

/// The registers as they were before get_access().
struct store_access {
  uint32_t pwr_clock;
  uint32_t rtc_clock;
  uint32_t unlock;
};

static inline uint32_t store_turn_on(uintptr_t address, uint32_t bits) {
  const uint32_t before = sysboot_cpu_read(address);
  sysboot_cpu_write(address, before | bits);
  (void)sysboot_cpu_read(address);  // a clock takes two cycles
  return before;
}

static inline struct store_access store_get_access(uintptr_t rcc) {
  struct store_access before = {0u, 0u, 0u};
  if (SYSBOOT_PWR_CLOCK != 0u) {
    before.pwr_clock = store_turn_on(rcc + SYSBOOT_PWR_CLOCK, SYSBOOT_PWR_CLOCK_BITS);
  }
  if (SYSBOOT_RTC_CLOCK != 0u) {
    before.rtc_clock = store_turn_on(rcc + SYSBOOT_RTC_CLOCK, SYSBOOT_RTC_CLOCK_BITS);
  }
  before.unlock = store_turn_on(SYSBOOT_UNLOCK, SYSBOOT_UNLOCK_BIT);
  return before;
}

static inline void store_give_back(uintptr_t rcc, struct store_access before) {
  sysboot_cpu_write(SYSBOOT_UNLOCK, before.unlock);
  if (SYSBOOT_RTC_CLOCK != 0u) {
    sysboot_cpu_write(rcc + SYSBOOT_RTC_CLOCK, before.rtc_clock);
  }
  if (SYSBOOT_PWR_CLOCK != 0u) {
    sysboot_cpu_write(rcc + SYSBOOT_PWR_CLOCK, before.pwr_clock);
  }
}

/// Word 0 is the value, word 1 the complement.
static inline uint32_t store_read_word(uint32_t n) {
#if SYSBOOT_BACKUP_16BIT
  const uintptr_t at = STORE_RECORD + 8u * n;
  return (sysboot_cpu_read(at) & 0xFFFFu) | sysboot_cpu_read(at + 4u) << 16;
#else
  return sysboot_cpu_read(STORE_RECORD + 4u * n);
#endif
}

static inline void store_write_word(uint32_t n, uint32_t value) {
#if SYSBOOT_BACKUP_16BIT
  const uintptr_t at = STORE_RECORD + 8u * n;
  sysboot_cpu_write(at, value & 0xFFFFu);
  sysboot_cpu_write(at + 4u, value >> 16);
#else
  sysboot_cpu_write(STORE_RECORD + 4u * n, value);
#endif
}

/// Replaces the record if asked to; then says what it is, which a write has to wait for anyway. One
/// function for both, so that the code around them is there once.
static uint32_t store_exchange(bool writes, uint32_t value) {
  const uintptr_t rcc = sysboot_cpu_base(SYSBOOT_RCC);
  const struct store_access before = store_get_access(rcc);
  if (writes) {
    store_write_word(0u, value);
    store_write_word(1u, ~value);
  }
  const uint32_t found = store_read_word(0u);
  const uint32_t complement = store_read_word(1u);
  store_give_back(rcc, before);
  return complement == ~found ? found : 0u;
}

static inline uint32_t store_load(void) {
  return store_exchange(false, 0u);
}

static inline void store_save(uint32_t value) {
  (void)store_exchange(true, value);
}

static inline void store_wipe(void) {
  store_save(0u);
}

__attribute__((noreturn)) static inline void store_save_and_reset(uint32_t value) {
  store_save(value);
  sysboot_cpu_reset();
}
