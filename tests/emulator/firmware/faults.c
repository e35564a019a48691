/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults, escalation and the FPU being off. */
#include "device.h"

static volatile unsigned resume_after; /* bytes of the faulty instruction to skip */

static void fault_notes(uint32_t *frame, uint32_t number) {
  note(number);
  note(SCB_CFSR);
  note(SCB_HFSR);
  note(frame[6]);
  SCB_CFSR = SCB_CFSR;
  SCB_HFSR = SCB_HFSR;
  frame[6] += resume_after;
}

__attribute__((used)) void on_fault(uint32_t *frame) {
  uint32_t ipsr;
  __asm volatile("mrs %0, ipsr" : "=r"(ipsr));
  fault_notes(frame, ipsr);
}

#define HANDLER(name)                       \
  __attribute__((naked)) void name(void) {  \
    __asm volatile("mrs r0, msp\n\tb on_fault"); \
  }
HANDLER(HardFault_Handler)
HANDLER(BusFault_Handler)

__attribute__((used)) void on_usage_fault(uint32_t *frame) {
  if (SCB_CFSR & BIT(19)) { /* no coprocessor: switch the FPU on and try again */
    note(0xF9);
    SCB_CFSR = BIT(19);
    SCB_CPACR = 0xFUL << 20;
    barrier();
    return;
  }
  on_fault(frame);
}
__attribute__((naked)) void UsageFault_Handler(void) {
  __asm volatile("mrs r0, msp\n\tb on_usage_fault");
}

static void undefined_instruction(void) {
  SCB_SHCSR = BIT(18);
  resume_after = 2;
  __asm volatile(".global the_udf\nthe_udf: udf #7");
  note(1);
}

static void escalated(void) {
  resume_after = 2;
  __asm volatile("udf #7"); /* UsageFault is not enabled */
  note(1);
}

static void bus_error(void) {
  SCB_SHCSR = BIT(17);
  resume_after = 4;
  uint32_t value;
  __asm volatile("ldr.w %0, [%1]" : "=r"(value) : "r"(0x60000000));
  note(SCB_BFAR);
}

static void fpu_off(void) {
  SCB_SHCSR = BIT(18);
  uint32_t bits;
  __asm volatile(
      "mov r0, #5\n\t"
      "add r0, #1\n\t"
      "vmov s0, r0\n\t"
      "vcvt.f32.u32 s0, s0\n\t"
      "vadd.f32 s0, s0, s0\n\t"
      "vmov %0, s0"
      : "=r"(bits)
      :
      : "r0");
  note(bits);
}

static void breakpoint(void) {
  resume_after = 2;
  __asm volatile("bkpt #0");
  note(1);
}

static void twice(void) {
  SCB_SHCSR = 0;
  resume_after = 0; /* the handler returns to the faulty instruction for ever */
  SCB_VTOR = 0x20000000;
  barrier();
  __asm volatile("udf #0"); /* the vector is no code */
}

int main(void) {
  static void (*const scenarios[])(void) = {undefined_instruction, escalated,  bus_error,
                                            fpu_off,               breakpoint, twice};
  scenarios[scenario]();
  return 0;
}
