// SPDX-License-Identifier: 0BSD
// The first instructions: from reset, or from the ROM's jump, to main().
#include <stdint.h>

#include "main.h"
#include "registers/core.h"
#include "sysboot.h"
#include "ticks.h"
#include "usb/driver.h"

extern uint32_t _estack[], _data[], _data_end[], _bss[], _bss_end[];
extern const uint32_t _data_in_flash[];

void reset_handler(void);
__attribute__((noreturn)) void start_in_c(void);

/// Whatever was not expected. A clean start keeps the console reachable; `uptime` tells of it.
static void unexpected(void) {
  sysboot_reset();
}

// Exception numbers (PM0214 table 17). The stack pointer is in the place of number 0.
enum {
  RESET = 1,
  NMI = 2,
  HARD_FAULT = 3,
  MEMORY_FAULT = 4,
  BUS_FAULT = 5,
  USAGE_FAULT = 6,
  SVCALL = 11,
  DEBUG_MONITOR = 12,
  PENDSV = 14,
  SYSTICK_TIMER = 15,
  OTG_FS = 16 + OTG_FS_INTERRUPT,
};

struct vector_table {
  uint32_t* stack;
  void (*handlers[OTG_FS])(void);
};

#define HANDLER(exception) [(exception)-1] =

__attribute__((section(".vectors"), used)) static const struct vector_table vectors = {
    _estack,
    {
        HANDLER(RESET) reset_handler,
        HANDLER(NMI) unexpected,
        HANDLER(HARD_FAULT) unexpected,
        HANDLER(MEMORY_FAULT) unexpected,
        HANDLER(BUS_FAULT) unexpected,
        HANDLER(USAGE_FAULT) unexpected,
        HANDLER(SVCALL) unexpected,
        HANDLER(DEBUG_MONITOR) unexpected,
        HANDLER(PENDSV) unexpected,
        HANDLER(SYSTICK_TIMER) systick_interrupt,
        HANDLER(OTG_FS) usb_driver_interrupt,
    },
};

/// After the ROM's *leave* nothing can be taken for granted that a reset would have set.
__attribute__((naked)) void reset_handler(void) {
  __asm__(
      "cpsid i\n"
      "movs r0, #0\n"
      "msr control, r0\n"
      "msr basepri, r0\n"
      "cpsie f\n"
      "isb\n"
      "ldr sp, =_estack\n"
      "b start_in_c\n"
      ".ltorg\n");
}

static void silence_interrupts(void) {
  SYSTICK->ctrl = 0u;
  for (uint32_t n = 0u; n < NVIC_WORDS; ++n) {
    NVIC_ICER[n] = 0xFFFFFFFFu;
    NVIC_ICPR[n] = 0xFFFFFFFFu;
  }
  SCB_ICSR = SCB_ICSR_PENDSTCLR | SCB_ICSR_PENDSVCLR;
  SCB_VTOR = (uintptr_t)&vectors;
  barrier();
}

static void fill_memory(void) {
  const uint32_t* from = _data_in_flash;
  for (uint32_t* to = _data; to < _data_end; ++to) *to = *from++;
  for (uint32_t* to = _bss; to < _bss_end; ++to) *to = 0u;
}

void start_in_c(void) {
  const unsigned rom_entries = sysboot_check();
  if (in_interrupt()) sysboot_reset();  // nothing else leads from a handler to thread mode
  silence_interrupts();
  fill_memory();
  interrupts_on();
  run(rom_entries);
}
