// SPDX-License-Identifier: 0BSD
// Optional: ways for a user or a host to ask for the bootloader, for any framework. Call
//
//   sysboot_start()               first thing after reset, in place of sysboot_check()
//   sysboot_on_...()              from where the application hears of text, line state or button;
//                                 leave out those that it does not want
//   sysboot_poll(delay, unplug)   in the main loop
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sysboot.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Somebody asks for the bootloader. The functions below set it, from interrupts or elsewhere; so
/// may the application.
extern volatile bool sysboot_wanted;

/// Enters the ROM if that was asked for: sysboot_check(). Where the ROM has started the application
/// without a reset, this makes it a clean start.
void sysboot_start(void);

/// What came in on the console, in pieces of any size: a line `dfu` asks.
void sysboot_on_text(const uint8_t* text, size_t length);

/// The host's line state: 1200 baud with DTR low asks.
void sysboot_on_line_state(uint32_t baud, bool dtr);

/// At every change of the button, or every few milliseconds: held for a second it asks.
void sysboot_on_button(bool pressed, uint32_t now_ms);

/// Nothing, until somebody has asked. Then: lets the host take its answer, `unplug()`s the board
/// (drops the USB pull-up), gives the host time to see it go, and does not return:
/// sysboot_request(). `wait_ms` has to let interrupts through.
void sysboot_poll(void (*wait_ms)(uint32_t ms), void (*unplug)(void));

#ifdef __cplusplus
}
#endif
