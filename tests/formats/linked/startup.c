// SPDX-License-Identifier: GPL-3.0-or-later
// Never run: vector tables and default handlers as start-up files have them. STYLE says which kind
// of default handler, VECTORS how many entries the table has.
#include <stdint.h>

#define ASM_LOOP 1    // `b .`, one for all (start-up files for GCC)
#define C_LOOP 2      // a function in C that never ends
#define BREAKPOINT 3  // stops a debugger first
#define RETURNS 4     // an empty function
#define SLEEPS 5      // waits for interrupts for ever
#define REPORTS 6     // says which exception it was
#define EACH_ALONE 7  // `b .` for each, one after the other (start-up files for ARMCC and IAR)
#define WRAPPER 8     // one for all, which looks for the real one in a table (Zephyr)
#define NAKED 9       // assembler that fetches the stack frame
#define NONE 10       // nothing but a stack and a reset vector

extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;
int main(void);
void report(uint32_t exception);
void tick(void);
void serial(void);
void usb(void);

#if STYLE == ASM_LOOP
__asm__(".thumb\n.thumb_func\n.global unexpected\nunexpected: b unexpected\n");
void unexpected(void);
#elif STYLE == C_LOOP
void unexpected(void) {
  for (;;) {
  }
}
#elif STYLE == BREAKPOINT
void unexpected(void) {
  __asm__ volatile("bkpt 0");
  for (;;) {
  }
}
#elif STYLE == RETURNS
void unexpected(void) {}
#elif STYLE == SLEEPS
void unexpected(void) {
  for (;;) __asm__ volatile("wfi");
}
#elif STYLE == REPORTS
void unexpected(void) {
  uint32_t number;
  __asm__ volatile("mrs %0, ipsr" : "=r"(number));
  report(number);
  for (;;) {
  }
}
#elif STYLE == WRAPPER
void (*volatile handlers[VECTORS])(void);
void unexpected(void) {
  uint32_t number;
  __asm__ volatile("mrs %0, ipsr" : "=r"(number));
  if (handlers[number]) handlers[number]();
}
#elif STYLE == NAKED
__attribute__((naked)) void unexpected(void) {
  __asm__ volatile(
      "movs r0, #4\nmov r1, lr\ntst r0, r1\nbeq 1f\nmrs r0, psp\nb 2f\n"
      "1: mrs r0, msp\n2: ldr r1, =report\nbx r1\n.ltorg\n");
}
#endif

void reset(void) {
  const uint32_t* from = &_sidata;
  for (uint32_t* to = &_sdata; to < &_edata;) *to++ = *from++;
  for (uint32_t* to = &_sbss; to < &_ebss;) *to++ = 0;
  main();
  for (;;) {
  }
}

#if STYLE == EACH_ALONE
#if VECTORS < 18
#undef VECTORS
#define VECTORS 18
#endif
#define TEXT(x) #x
#define NUMBER(x) TEXT(x)
__asm__(
    ".thumb\n.thumb_func\nalone: .rept 128\nb .\n.endr\n"
    ".section .isr_vector, \"a\"\n.word _estack, reset\n"
    ".set n, 0\n.rept 13\n.word alone + 2 * n\n.set n, n + 1\n.endr\n.word tick\n"
    ".rept " NUMBER(VECTORS) " - 18\n.word alone + 2 * n\n.set n, n + 1\n.endr\n"
    ".word serial, usb\n.text\n");
#else
struct Table {
  void* stack;
  void (*vectors[VECTORS - 1])(void);
};
__attribute__((section(".isr_vector"), used))
const struct Table table = {&_estack,
                            {
                                [0] = reset,
#if STYLE != NONE
                                [1 ... 5] = unexpected,
                                [10] = unexpected,
                                [11] = unexpected,
                                [13] = unexpected,
                                [14] = tick,
#if VECTORS > 16
                                [15 ... VECTORS - 4] = unexpected,
                                [VECTORS - 3] = serial,
                                [VECTORS - 2] = usb,
#endif
#endif
                            }};
#endif
