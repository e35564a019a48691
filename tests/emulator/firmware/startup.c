/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vector table and C start-up of the test programs. RAM that was there before a reset stays, except for
 * .data and .bss. */
#include "device.h"

extern uint32_t _estack[], _sdata[], _edata[], _sidata[], _sbss[], _ebss[];

__attribute__((section(".noinit"))) volatile uint32_t scenario;
__attribute__((section(".noinit"))) volatile uint32_t notes[128];
__attribute__((section(".noinit"))) volatile uint32_t note_count;

/* An exception that the program did not expect. */
void unexpected(void) {
  uint32_t ipsr;
  __asm volatile("mrs %0, ipsr" : "=r"(ipsr));
  note(0xDEAD0000 | ipsr);
  finish();
}

__attribute__((weak)) void before_start(void) {
}

void Reset_Handler(void) {
  before_start();
  for (uint32_t *to = _sdata, *from = _sidata; to < _edata;) *to++ = *from++;
  for (uint32_t *to = _sbss; to < _ebss;) *to++ = 0;
  main();
  finish();
}

#define WEAK(name) void name(void) __attribute__((weak, alias("unexpected")))
WEAK(NMI_Handler);
WEAK(HardFault_Handler);
WEAK(MemManage_Handler);
WEAK(BusFault_Handler);
WEAK(UsageFault_Handler);
WEAK(SVC_Handler);
WEAK(PendSV_Handler);
WEAK(SysTick_Handler);
WEAK(irq4_handler);
WEAK(irq5_handler);
WEAK(irq6_handler);
WEAK(irq7_handler);
WEAK(irq8_handler);
WEAK(irq28_handler);
WEAK(irq37_handler);
WEAK(irq67_handler);
WEAK(irq70_handler);

#define NONE unexpected
__attribute__((section(".isr_vector"), used)) void (*const vectors[16 + 86])(void) = {
    (void (*)(void))_estack, Reset_Handler, NMI_Handler, HardFault_Handler, MemManage_Handler,
    BusFault_Handler, UsageFault_Handler, 0, 0, 0, 0, SVC_Handler, NONE, NONE,
    PendSV_Handler, SysTick_Handler,
    [16 ... 16 + 85] = NONE,
    [16 + 4] = irq4_handler, [16 + 5] = irq5_handler, [16 + 6] = irq6_handler,
    [16 + 7] = irq7_handler, [16 + 8] = irq8_handler, [16 + 28] = irq28_handler,
    [16 + 37] = irq37_handler, [16 + 67] = irq67_handler,
    [16 + 70] = irq70_handler,
};
