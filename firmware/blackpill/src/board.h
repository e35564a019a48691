// SPDX-License-Identifier: 0BSD
// The Black Pill around the chip: LED on PC13, button KEY on PA0, USB on PA11 and PA12.
#pragma once

#include <stdbool.h>

/// Sets the pins up. Everything else stays as after a reset.
void board_start(void);

/// The LED lights when PC13 is low.
void board_led(bool on);

/// True once when KEY has been held for a second. It has to have been seen released first, so that
/// a button that hangs does not keep the board in its bootloader. To be asked every few
/// milliseconds.
bool board_button_held(void);

/// 13 bytes: the serial number that the ROM shows for this chip, twelve digits and a NUL.
void board_serial_number(char text[13]);
