// SPDX-License-Identifier: GPL-3.0-or-later
// Never run: only its ELF file matters.
#include <stdint.h>

extern uint32_t _estack;
void reset(void);

__attribute__((section(".isr_vector"), used))
const void* const vectors[] = {&_estack, (const void*)reset};
__attribute__((section(".settings"), used)) const char settings[] = "name=virtual board";

const char greeting[] = "Hello from a program with initialised data";
volatile uint32_t initialised[] = {0x12345678, 0x9ABCDEF0};
volatile uint32_t zeroed[64];

void reset(void) {
  for (;;) zeroed[initialised[0] % 64] += (uint32_t)greeting[initialised[1] % sizeof greeting];
}
