// SPDX-License-Identifier: 0BSD
// The default store: 8 bytes above the stack that the linker script keeps free,
//
//     _bflag  = ORIGIN(RAM) + LENGTH(RAM) - 8;
//     _estack = _bflag;
//
// Nothing else is ever there, so nothing can overwrite it: no start-up code, no deep stack. Both
// are multiples of 8, as a stack has to be (AAPCS32 section 6.2.1.2). They lie above the RAM that
// the ROM uses (SYSBOOT_ROM_RAM_END), or retries and sysboot_check()'s answer after the ROM are
// lost.
#pragma once

#include <stdint.h>

extern uint32_t _bflag[2];

// A linker that does not find _bflag names the section that refers to it, so the name says what to
// do. The section takes no room on the chip; as one for debugging it outlives --gc-sections. Zephyr
// has no linker script to edit, and warns of sections that it does not know.
#if defined(__arm__) && !defined(__ZEPHYR__)
__asm__(
    ".pushsection \".debug_sysboot: the linker script needs two lines in place of the one that "
    "sets _estack: _bflag = ORIGIN(RAM) + LENGTH(RAM) - 8; _estack = _bflag; or compile with "
    "-DSYSBOOT_STORE_STACK_OFFSET. \",\"\",%progbits\n"
    ".word _bflag\n"
    ".popsection\n");
#endif

#define STORE_RECORD ((uintptr_t)_bflag)

#include "store_ram.h"
