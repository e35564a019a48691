// SPDX-License-Identifier: 0BSD
// Internal: what the store can hold; library and guard (firmware/guard) agree on it.
//
//   a request        SYSBOOT_KEY + n: the ROM has been entered n times for it
//   guard's record   how guard has started the application:
//
//     31...25   the reset flags, where RCC_CSR of the F2 and F4 has them; guard has cleared them
//     24...8    SYSBOOT_GUARD
//     7...5     where guard stands; SYSBOOT_GUARD_DONE in what an application finds
//     4...3     starts of an application that has not confirmed; 0: it has, or need not
//     2...0     how often the ROM was entered for a request that ends with this start
#pragma once

#define SYSBOOT_KEY 0xDF00DF00u  // n is its lowest byte

#define SYSBOOT_GUARD 0x00B00700u
#define SYSBOOT_GUARD_MASK 0x01FFFF00u
#define SYSBOOT_GUARD_FLAGS 0xFE000000u
#define SYSBOOT_GUARD_STATE 0xE0u
#define SYSBOOT_GUARD_DONE 0x00u      // it has started the application
#define SYSBOOT_GUARD_SETTLING 0x20u  // a tap: the contact may still bounce; never in the store
#define SYSBOOT_GUARD_ARMED 0x40u     // a tap: another one leads into the ROM
#define SYSBOOT_GUARD_TAPPED 0x60u    // that one: the contact may still bounce; never in the store
#define SYSBOOT_GUARD_LEFT 0x80u      // the ROM has left; a reset makes that a clean start
#define SYSBOOT_GUARD_IN_ROM 0xC0u    // it has entered the ROM because there is no application
#define SYSBOOT_GUARD_WAITS 0x20u     // in SETTLING and TAPPED
#define SYSBOOT_GUARD_STARTS 0x18u
#define SYSBOOT_GUARD_START 0x08u  // one of them
#define SYSBOOT_GUARD_ENTRIES 0x07u
