/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floating-point registers across exceptions. */
#include "device.h"

static volatile uint32_t seen_return;
static volatile uint32_t lazy_before, lazy_after;
volatile float in_handler = 3.0f;

__attribute__((used)) void handler_body(uint32_t exc_return) {
  seen_return = exc_return;
  lazy_before = FPU_FPCCR & 1;
  if (scenario != 1) in_handler = in_handler * 2.0f;
  lazy_after = FPU_FPCCR & 1;
}

__attribute__((naked)) void irq6_handler(void) {
  __asm volatile("mov r0, lr\n\tpush {r4, lr}\n\tbl handler_body\n\tpop {r4, pc}");
}

int main(void) {
  SCB_CPACR = 0xFUL << 20;
  barrier();
  if (scenario == 2) FPU_FPCCR &= ~BIT(30); /* not lazily */
  if (scenario == 3) FPU_FPCCR &= ~BIT(31); /* not automatically */
  NVIC_ISER(0) = BIT(6);
  uint32_t control, low, high;
  __asm volatile(
      "mrs %0, control\n\t"
      "vmov.f32 s3, #7.0\n\t"
      "vmov.f32 s20, #9.0\n\t"
      "str %3, [%4]\n\t"
      "dsb\n\t"
      "isb\n\t"
      "vmov %1, s3\n\t"
      "vmov %2, s20\n\t"
      : "=&r"(control), "=&r"(low), "=&r"(high)
      : "r"(BIT(6)), "r"(0xE000E200)
      : "memory");
  note(control & 4); /* no floating-point context before */
  note(low);
  note(high);
  note(seen_return);
  note(lazy_before);
  note(lazy_after);
  __asm volatile("mrs %0, control" : "=r"(control));
  note(control & 4);
  return 0;
}
