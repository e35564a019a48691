// SPDX-License-Identifier: 0BSD
// Internal: what the stores in RAM have in common. STORE_RECORD is where the record is, a multiple
// of 8.
#pragma once

#include "sysboot_cpu.h"

/// Each time from a register: from a symbol with an offset the compiler makes longer code.
static inline uintptr_t store_record(void) {
  return sysboot_cpu_base(STORE_RECORD);
}

static inline uint32_t store_load(void) {
  const uintptr_t record = store_record();
  const uint32_t value = sysboot_cpu_read(record);
  return sysboot_cpu_read(record + 4u) == ~value ? value : 0u;
}

static inline void store_save(uint32_t value) {
  sysboot_cpu_write_record(store_record(), value);
}

/// Half of it is enough: what is left has no complement.
static inline void store_wipe(void) {
  sysboot_cpu_write(store_record(), 0u);
}

__attribute__((noreturn)) static inline void store_save_and_reset(uint32_t value) {
  sysboot_cpu_seal_and_reset(store_record(), value);
}
