// SPDX-License-Identifier: 0BSD
// sysboot: an application reboots its STM32 into the ROM bootloader (system memory), for USB DFU.
//
// How: sysboot_request() writes a record to a place that survives a reset, and resets.
// sysboot_check() runs first thing after every reset; it finds the record, takes the request out of
// it and jumps. So the ROM starts on a chip that has just been reset, as it expects to.
//
// Add the .c files of this folder to the build, and the folder to the include paths. Compiler
// options:
//
//   -DSTM32F411xE                 the chip, as CMSIS names it; or its family, see sysboot_chip.h
//   -DSYSBOOT_STORE_RESERVED      keep the record in 8 bytes above the stack, which the linker
//                                 script reserves: store_reserved.h; the default
//   -DSYSBOOT_STORE_STACK_OFFSET  keep it inside the stack: store_stack_offset.h; the default under
//                                 Arduino, where the linker script is the core's
//   -DSYSBOOT_STORE_RTC           keep it in RTC backup registers: store_rtc.h
//   -DSYSBOOT_TRIES=n             how often one request may enter the ROM: sysboot_check()
//
// All functions need privileged mode, and on chips with TrustZone TZEN = 0.
//
// With guard (firmware/guard, STM32F2 and F4) in the first sector, guard does what sysboot_check()
// would, and more, before the application starts: nothing changes for the application but what is
// said at each function below. The record has to be where that guard has been built to look for it.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Enters the ROM if sysboot_request() asked for it. Otherwise returns how often the ROM has been
/// entered for a request that ends with this start of the application: 0 at an ordinary start.
///
/// To be called once after reset, before clocks, interrupts and peripherals are touched; best as
/// the first statement of the reset handler, for it needs neither .data nor .bss. Its own stack is
/// less than 64 bytes.
///
/// A request counts only after the reset that it caused itself: a software reset and nothing else.
/// After power-on, brown-out, pin, watchdog, low-power and option byte resets it is dropped.
///
/// Some ROMs bounce: they judge the crystal wrong, and reset the chip (AN3156 section 1). So one
/// request enters the ROM up to SYSBOOT_TRIES times, 3 by default where the ROM needs a crystal and
/// 1 elsewhere. A ROM that resets the chip after its work, because it wrote option bytes or was
/// told to run an address without code, cannot be told from that; SYSBOOT_TRIES = 1 if it matters.
///
/// Reset flags (RCC_CSR, RCC_RSR): left alone on the way to the application, so there they say what
/// happened. They are cleared by sysboot_request(), and before the jump into the ROM.
///
/// With guard: never enters the ROM, because guard has; and the reset flags are cleared already, so
/// ask sysboot_reset_flags().
unsigned sysboot_check(void);

/// How the ROM gave way to the application.
enum sysboot_exit {
  /// It jumped here, without reset: its *leave* (AN3156 section 5.3). Clocks and peripherals are as
  /// it left them; on the F4 AHB1ENR is 0. sysboot_reset() makes it a clean start.
  SYSBOOT_EXIT_JUMP = 0,
  /// It reset the chip each time: it bounced.
  SYSBOOT_EXIT_SOFTWARE_RESET = 1,
  /// Somebody pressed reset.
  SYSBOOT_EXIT_OTHER_RESET = 2,
  /// As SYSBOOT_EXIT_JUMP, and guard has made it a clean start.
  SYSBOOT_EXIT_CLEAN = 3,
};

/// Says so after sysboot_check() has returned more than 0, as long as the application has not
/// cleared the reset flags.
enum sysboot_exit sysboot_rom_exit(void);

/// The reset flags of this start, where the register has them (RCC_CSR, RCC_RSR): what is in the
/// register now, or with guard what was in it. 0: no reset, the ROM has jumped here or to guard.
///
/// With guard the answer comes from the record: with -DSYSBOOT_STORE_STACK_OFFSET ask before the
/// stack gets there.
uint32_t sysboot_reset_flags(void);

/// With guard, and only for an application that asks for it, by SYSBOOT_ASKS_CONFIRM in its vector
/// table and a stamp (firmware/guard): says that this application works. Guard starts it three
/// times without that; the next reset that is not a power-on leads into the ROM. So call it when
/// the application can be reached, for example when the host has configured its USB; again does no
/// harm. Not from an interrupt, if the record is in RTC registers. Without guard it does nothing.
void sysboot_confirm(void);

/// The application's vector 10, four bytes at offset 0x28: it calls sysboot_confirm().
#define SYSBOOT_ASKS_CONFIRM 1u

/// Resets the chip and enters the ROM. From anywhere: threads, interrupts, with any stack.
///
/// Interrupts are off from before the record is written until the reset, and nothing is stacked in
/// between. An application with USB finishes its answer, drops its pull-up and waits 20 ms first,
/// so that the host sees it go.
__attribute__((noreturn)) void sysboot_request(void);

/// Resets the chip, for a clean start of the application.
__attribute__((noreturn)) void sysboot_reset(void);

#ifdef __cplusplus
}
#endif
