// SPDX-License-Identifier: 0BSD
// Internal: what the stores in RAM have in common. STORE_RECORD is where the record is, a multiple
// of 8.
#pragma once

#include "sysboot_cpu.h"

static inline uint32_t store_load(void) {
  const uint32_t value = sysboot_cpu_read(STORE_RECORD);
  return sysboot_cpu_read(STORE_RECORD + 4u) == ~value ? value : 0u;
}

static inline void store_save(uint32_t value) {
  sysboot_cpu_write_record(STORE_RECORD, value);
}

/// Half of it is enough: what is left has no complement.
static inline void store_wipe(void) {
  sysboot_cpu_write(STORE_RECORD, 0u);
}

__attribute__((noreturn)) static inline void store_save_and_reset(uint32_t value) {
  sysboot_cpu_seal_and_reset(STORE_RECORD, value);
}
