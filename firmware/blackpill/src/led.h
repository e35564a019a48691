// SPDX-License-Identifier: 0BSD
// What the LED says: a pattern of sixteen eighths of a second, the lowest bit first.
#pragma once

#include <stdint.h>

enum led_code {
  LED_SUSPENDED = 0x0000,    ///< dark: the host sleeps
  LED_READY = 0x0001,        ///< a blink every two seconds: the host has configured the board
  LED_WAITING = 0x00FF,      ///< slow: no host, or not yet
  LED_ROM_BOUNCED = 0x0005,  ///< two blinks: the ROM was entered, and reset the chip every time
  LED_NO_CRYSTAL = 0x0015,   ///< three blinks: the crystal does not start, so there is no USB
  LED_LEAVING = 0xFFFF,      ///< lit: about to reboot
};

/// To be called at least every 125 ms.
void led_show(enum led_code code);
