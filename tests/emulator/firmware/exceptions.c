/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order of exceptions, masks, stacks and return values. */
#include "device.h"

enum { low = 6, middle = 7, high = 8 };

static void pend(unsigned irq) {
  NVIC_ISPR(0) = BIT(irq);
  barrier();
}

void irq6_handler(void) {
  note(0x60);
  pend(high);
  note(0x61);
}

void irq7_handler(void) {
  note(0x70);
}

void irq8_handler(void) {
  static int times;
  note(0x80);
  if (times++ == 0) pend(low); /* waits until this handler and the one below it are done */
  pend(middle);
  note(0x81);
}

void PendSV_Handler(void) {
  note(0xE0);
}

/* Notes EXC_RETURN, the stack pointer's alignment and the stacked xPSR's bit 9. */
__attribute__((naked)) void SVC_Handler(void) {
  __asm volatile(
      "tst lr, #4\n\t"
      "ite eq\n\t"
      "mrseq r0, msp\n\t"
      "mrsne r0, psp\n\t"
      "mov r1, lr\n\t"
      "b service\n\t");
}

__attribute__((used)) void service(const uint32_t *frame, uint32_t exc_return) {
  const uint16_t instruction = *(const uint16_t *)(frame[6] - 2);
  note(instruction & 0xFF);
  note(exc_return);
  note(frame[7] & BIT(9));
  if ((instruction & 0xFF) == 3) __asm volatile("msr control, %0" ::"r"(0));
}

static void nesting(void) {
  NVIC_IPR(low) = 0xC0;
  NVIC_IPR(middle) = 0x80;
  NVIC_IPR(high) = 0x40;
  SCB_SHPR(14) = 0xF0;
  NVIC_ISER(0) = BIT(low) | BIT(middle) | BIT(high);
  SCB_ICSR = BIT(28); /* PendSV, least urgent, but nothing else is pending yet */
  barrier();
  pend(low);
  NVIC_ICER(0) = BIT(low); /* high makes it pending each time */
  note(1);
}

static void groups(void) {
  SCB_AIRCR = 0x05FA0000 | 5 << 8; /* two bits of group, two of subpriority */
  NVIC_IPR(low) = 0xD0;
  NVIC_IPR(high) = 0xC0; /* same group: does not preempt */
  NVIC_ISER(0) = BIT(low) | BIT(high);
  pend(low);
  NVIC_ICER(0) = BIT(low);
  note(2);
}

static void masks(void) {
  NVIC_IPR(middle) = 0x80;
  NVIC_ISER(0) = BIT(middle);
  __asm volatile("cpsid i");
  pend(middle);
  note(1);
  __asm volatile("cpsie i\n\tisb");
  note(2);
  __asm volatile("msr basepri, %0" ::"r"(0x80));
  pend(middle);
  note(3);
  __asm volatile("msr basepri, %0\n\tisb" ::"r"(0x90));
  note(4);
  __asm volatile("msr basepri, %0\n\tcpsid f" ::"r"(0));
  pend(middle);
  note(5);
  __asm volatile("cpsie f\n\tisb");
  note(6);
  NVIC_STIR = middle;
  barrier();
  note(7);
}

static uint32_t process_stack[64] __attribute__((aligned(8)));

static void stacks(void) {
  __asm volatile(
      "mov r4, sp\n\tbic r5, r4, #7\n\tmov sp, r5\n\tsvc #1\n\t"
      "sub sp, #4\n\tsvc #2\n\tmov sp, r4" ::: "r4", "r5", "memory");
  __asm volatile("msr psp, %0\n\tmsr control, %1\n\tisb" ::"r"(process_stack + 64), "r"(3));
  uint32_t control;
  __asm volatile("mrs %0, control" : "=r"(control));
  note(control);
  __asm volatile("cpsid i"); /* has no effect without privilege */
  uint32_t primask;
  __asm volatile("mrs %0, primask" : "=r"(primask));
  note(primask);
  __asm volatile("svc #3");
  __asm volatile("mrs %0, control" : "=r"(control));
  note(control);
}

/* Whatever registers and instructions there are, for interrupts to disturb. */
volatile uint32_t result;
volatile uint32_t interrupts;

__attribute__((noinline, used)) uint32_t compute(uint32_t n) {
  uint32_t sum = 1;
  float scale = 1.5f;
  for (uint32_t i = 1; i <= n; ++i) {
    __asm volatile(
        "cmp %0, %1\n\t"
        "ittee hi\n\t"
        "addhi %0, %1\n\t"
        "eorhi %0, #0x11\n\t"
        "addls %0, #7\n\t"
        "lslls %0, #1\n\t"
        : "+r"(sum)
        : "r"(i)
        : "cc");
    scale = scale * 1.25f + (float)i;
    __asm volatile(
        "push {r4-r7}\n\t"
        "mov r4, %0\n\t"
        "umull r5, r6, r4, r4\n\t"
        "adds r5, r6\n\t"
        "adc %0, r5, #0\n\t"
        "pop {r4-r7}\n\t"
        : "+r"(sum)
        :
        : "cc");
    uint32_t old, failed;
    do {
      __asm volatile("ldrex %0, [%2]\n\tadd %0, %3\n\tstrex %1, %0, [%2]"
                     : "=&r"(old), "=&r"(failed)
                     : "r"(&result), "r"(sum)
                     : "memory");
    } while (failed);
  }
  return sum ^ (uint32_t)scale ^ result;
}

/* Leaves nothing as it was that an exception may change. */
void irq5_handler(void) {
  ++interrupts;
  __asm volatile(
      "mov r0, #-1\n\t mov r1, r0\n\t mov r2, r0\n\t mov r3, r0\n\t mov r12, r0\n\t"
      "vmov s0, r0\n\t vmov s1, r0\n\t vmov s7, r0\n\t vmov s15, r0\n\t"
      "cmp r0, r0\n\t vmsr fpscr, r0\n\t" ::: "r0", "r1", "r2", "r3", "r12", "cc");
}

static void disturbed(void) {
  SCB_CPACR = 0xFUL << 20;
  barrier();
  NVIC_ISER(0) = BIT(5);
  result = 0;
  interrupts = 0;
  note(compute(3));
  note(interrupts);
}

int main(void) {
  static void (*const scenarios[])(void) = {nesting, groups, masks, stacks, disturbed};
  scenarios[scenario]();
  return 0;
}
