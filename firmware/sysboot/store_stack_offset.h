// SPDX-License-Identifier: 0BSD
// A store inside the stack, SYSBOOT_STACK_OFFSET bytes below its top `_estack`: for projects that
// cannot touch their linker script. Take store_reserved.h if you can.
//
// Writing the record destroys what the stack has there. That does no harm: the request does not
// return, and moves the stack pointer below the record first.
//
// What can go wrong between the reset and sysboot_check():
// - Start-up code with more than SYSBOOT_STACK_OFFSET bytes of stack overwrites the record, and the
//   request is lost. As the first call of the reset handler sysboot_check() is safe; in main(), C++
//   constructors and libraries have run before it.
// - .data, .bss or heap reach up to the record, because RAM is nearly full or the stack is smaller
//   than SYSBOOT_STACK_OFFSET; start-up code overwrites it. The same remedy.
// - The stack is not at the top of RAM but at its bottom, as some have it to catch overflows. The
//   record may then lie in RAM that the ROM uses (SYSBOOT_ROM_RAM_END): retries are lost.
#pragma once

#include <stdint.h>

/// In bytes, a multiple of 8. Beware of `&_estack - 100`: on a uint32_t that is 400 bytes.
#ifndef SYSBOOT_STACK_OFFSET
#define SYSBOOT_STACK_OFFSET 512u
#endif

_Static_assert(
    SYSBOOT_STACK_OFFSET % 8u == 0u && SYSBOOT_STACK_OFFSET >= 128u,
    "SYSBOOT_STACK_OFFSET: a multiple of 8, and well beyond sysboot_check()'s own stack");

extern uint32_t _estack[];

#define STORE_RECORD ((uintptr_t)_estack - SYSBOOT_STACK_OFFSET)

#include "store_ram.h"
