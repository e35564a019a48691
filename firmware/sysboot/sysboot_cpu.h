// SPDX-License-Identifier: 0BSD
// Internal: how the library touches registers and the core. On the host, tests supply all of it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sysboot_family.h"

// Core registers: ARMv7-M Architecture Reference Manual, section B3.2; the same in v6-M and v8-M.
#define SYSBOOT_SYST_CSR 0xE000E010u
#define SYSBOOT_SYST_RVR 0xE000E014u
#define SYSBOOT_SYST_CVR 0xE000E018u
#define SYSBOOT_NVIC_ICER 0xE000E180u
#define SYSBOOT_NVIC_ICPR 0xE000E280u
#define SYSBOOT_NVIC_IPR 0xE000E400u
#define SYSBOOT_SCB_ICSR 0xE000ED04u
#define SYSBOOT_SCB_VTOR 0xE000ED08u
#define SYSBOOT_SCB_AIRCR 0xE000ED0Cu
#define SYSBOOT_SCB_SHPR1 0xE000ED18u
#define SYSBOOT_MPU_CTRL 0xE000ED94u

#define SYSBOOT_AIRCR_RESET 0x05FA0004u  // VECTKEY, SYSRESETREQ

#if defined(__arm__)

static inline uint32_t sysboot_cpu_read(uintptr_t address) {
  return *(volatile uint32_t*)address;
}

static inline void sysboot_cpu_write(uintptr_t address, uint32_t value) {
  *(volatile uint32_t*)address = value;
}

/// The same address. The compiler forgets that it is a constant, and so reaches the registers near
/// it from one base, which is shorter.
static inline uintptr_t sysboot_cpu_base(uintptr_t address) {
  __asm__("" : "+l"(address));
  return address;
}

static inline void sysboot_cpu_interrupts_off(void) {
  __asm__ volatile("cpsid i" ::: "memory");
}

/// Every earlier store has arrived, and later instructions are fetched anew.
static inline void sysboot_cpu_barrier(void) {
  __asm__ volatile("dsb\n isb" ::: "memory");
}

/// BASEPRI and FAULTMASK, as after a reset; PRIMASK stays.
static inline void sysboot_cpu_unmask_priorities(void) {
#if __ARM_ARCH_ISA_THUMB >= 2
  __asm__ volatile("msr basepri, %0\n cpsie f" ::"r"(0) : "memory");
#endif
}

static inline bool sysboot_cpu_in_interrupt(void) {
  uint32_t ipsr;
  __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
  return ipsr != 0u;
}

/// Resets the chip. Interrupts are off.
__attribute__((noreturn)) static inline void sysboot_cpu_reset(void) {
  __asm__ volatile("dsb" ::: "memory");
  sysboot_cpu_write(SYSBOOT_SCB_AIRCR, SYSBOOT_AIRCR_RESET);
  for (;;) __asm__ volatile("");
}

#if __ARM_ARCH_ISA_THUMB >= 2
#define SYSBOOT_STORE_RECORD "strd %[value], %[scratch], [%[record]]\n"
#else  // Thumb-1
#define SYSBOOT_STORE_RECORD "str %[value], [%[record]]\n str %[scratch], [%[record], #4]\n"
#endif

/// Writes `value` and its complement to `record`, a multiple of 8; in one store where the core has
/// one, because RAM with ECC may lose a word that was written in part only (AN5342, on the
/// STM32H7).
static inline void sysboot_cpu_write_record(uintptr_t record, uint32_t value) {
  uint32_t scratch;
  __asm__ volatile(
      ".syntax unified\n"
      "mvns %[scratch], %[value]\n"  //
      SYSBOOT_STORE_RECORD
      : [scratch] "=&l"(scratch)
      : [value] "l"(value), [record] "l"(record)
      : "cc", "memory");
}

#if __ARM_ARCH_ISA_THUMB >= 2
#define SYSBOOT_REQUEST_RESET       \
  "mov.w %[scratch], #0xE000E000\n" \
  "str.w %[reset], [%[scratch], #0xD0C]\n"
#else  // its literal would have to be near; four bytes build the address, too
#define SYSBOOT_REQUEST_RESET \
  "movs %[scratch], #0xE0\n"  \
  "lsls %[scratch], #16\n"    \
  "adds %[scratch], #0xED\n"  \
  "lsls %[scratch], #8\n"     \
  "str %[reset], [%[scratch], #0x0C]\n"
#endif

#if defined(__ARM_ARCH_8M_MAIN__)  // or moving the stack below its limit might fault
#define SYSBOOT_NO_STACK_LIMIT "movs %[scratch], #0\n msr msplim, %[scratch]\n"
#else
#define SYSBOOT_NO_STACK_LIMIT ""
#endif

#if defined(SYSBOOT_FAMILY_F7) || defined(SYSBOOT_FAMILY_H7) || defined(SYSBOOT_FAMILY_H7A) || \
    defined(SYSBOOT_FAMILY_H7RS)  // Cortex-M7: DCCMVAC, out of the data cache into memory
#define SYSBOOT_CLEAN_CACHE         \
  "dsb\n"                           \
  "mov.w %[scratch], #0xE000E000\n" \
  "str.w %[record], [%[scratch], #0xF68]\n"
#else
#define SYSBOOT_CLEAN_CACHE ""
#endif

/// Writes `value` and its complement to `record`, a multiple of 8, and resets. Interrupts are off.
///
/// One assembler statement, so that the compiler puts nothing between: no call, no spill, no push.
/// The main stack is moved down to the record first, so that even an NMI stacks below it.
__attribute__((noreturn)) static inline void sysboot_cpu_seal_and_reset(uintptr_t record,
                                                                        uint32_t value) {
  uint32_t scratch;
  __asm__ volatile(".syntax unified\n"            //
                   SYSBOOT_NO_STACK_LIMIT         //
                   "msr msp, %[record]\n"         //
                   "mvns %[scratch], %[value]\n"  //
                   SYSBOOT_STORE_RECORD           //
                       SYSBOOT_CLEAN_CACHE        //
                   "dsb\n"                        //
                   SYSBOOT_REQUEST_RESET          //
                   "0: b 0b\n"
                   : [scratch] "=&l"(scratch)
                   : [value] "l"(value), [record] "l"(record), [reset] "l"(SYSBOOT_AIRCR_RESET)
                   : "cc", "memory");
  __builtin_unreachable();
}

#if __ARM_ARCH_ISA_THUMB >= 2
#define SYSBOOT_JUMP_NO_PRIORITY "msr basepri, r1\n"
#else
#define SYSBOOT_JUMP_NO_PRIORITY ""
#endif

#if defined(__ARM_ARCH_8M_MAIN__)
#define SYSBOOT_JUMP_NO_STACK_LIMIT "msr msplim, r1\n"
#else
#define SYSBOOT_JUMP_NO_STACK_LIMIT ""
#endif

/// Starts what has its vector table at `table`, as a reset would: thread mode, privileged, on the
/// main stack; stack pointer from the first word, on to the second. No interrupt is masked, because
/// the ROM's USB needs them and does not enable them itself (AN2606 section 4.1): neither by
/// PRIMASK nor by BASEPRI, which Zephyr's start-up raises before any code of the application runs.
__attribute__((naked, noreturn)) static void sysboot_cpu_jump(__attribute__((unused))
                                                              uint32_t table) {
  __asm__(
      ".syntax unified\n"
      "movs r1, #0\n"                  //
      SYSBOOT_JUMP_NO_PRIORITY         //
          SYSBOOT_JUMP_NO_STACK_LIMIT  //
      "msr control, r1\n"
      "dsb\n"
      "isb\n"
      "ldmia r0!, {r1, r2}\n"
      "msr msp, r1\n"
      "cpsie i\n"
      "bx r2\n");
}

#else

uint32_t sysboot_cpu_read(uintptr_t address);
void sysboot_cpu_write(uintptr_t address, uint32_t value);
uintptr_t sysboot_cpu_base(uintptr_t address);
void sysboot_cpu_interrupts_off(void);
void sysboot_cpu_barrier(void);
void sysboot_cpu_unmask_priorities(void);
bool sysboot_cpu_in_interrupt(void);
void sysboot_cpu_write_record(uintptr_t record, uint32_t value);
__attribute__((noreturn)) void sysboot_cpu_seal_and_reset(uintptr_t record, uint32_t value);
__attribute__((noreturn)) void sysboot_cpu_reset(void);
__attribute__((noreturn)) void sysboot_cpu_jump(uint32_t table);

#endif
