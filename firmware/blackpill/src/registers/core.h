// SPDX-License-Identifier: 0BSD
// The Cortex-M4's own registers and instructions (PM0214 chapter 4).
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct systick {
  volatile uint32_t ctrl, load, val, calib;
};
#define SYSTICK ((struct systick*)0xE000E010u)
#define SYSTICK_ENABLE (1u << 0)
#define SYSTICK_TICKINT (1u << 1)
#define SYSTICK_CLKSOURCE (1u << 2)  // the core's clock

#define NVIC_ISER ((volatile uint32_t*)0xE000E100u)
#define NVIC_ICER ((volatile uint32_t*)0xE000E180u)
#define NVIC_ICPR ((volatile uint32_t*)0xE000E280u)
#define NVIC_WORDS 3u  // the F411 has 86 interrupts

#define SCB_ICSR (*(volatile uint32_t*)0xE000ED04u)
#define SCB_ICSR_PENDSTCLR (1u << 25)
#define SCB_ICSR_PENDSVCLR (1u << 27)
#define SCB_VTOR (*(volatile uint32_t*)0xE000ED08u)

/// RM0383 section 10.2, vector table.
#define OTG_FS_INTERRUPT 67u

static inline void nvic_enable(uint32_t interrupt) {
  NVIC_ISER[interrupt / 32u] = 1u << interrupt % 32u;
}
static inline void nvic_disable(uint32_t interrupt) {
  NVIC_ICER[interrupt / 32u] = 1u << interrupt % 32u;
}

static inline void interrupts_off(void) {
  __asm__ volatile("cpsid i" ::: "memory");
}
static inline void interrupts_on(void) {
  __asm__ volatile("cpsie i\n isb" ::: "memory");
}
static inline bool in_interrupt(void) {
  uint32_t ipsr;
  __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
  return ipsr != 0u;
}
static inline void barrier(void) {
  __asm__ volatile("dsb\n isb" ::: "memory");
}

/// Sleeps until an interrupt is pending, even while interrupts are off.
static inline void wait_for_interrupt(void) {
  __asm__ volatile("dsb\n wfi" ::: "memory");
}
