// SPDX-License-Identifier: 0BSD
// Leaving in good order: the answer reaches the host, the host sees the board go, then the reset.
#pragma once

#include <stdbool.h>

/// Nowhere to go yet.
void reboot_start(void);

/// Into the ROM bootloader. Whoever asks first wins; asking again changes nothing.
void reboot_into_rom(void);
/// Starts this application anew.
void reboot_into_application(void);

bool reboot_is_pending(void);

/// Has the time come? `all_is_said`: the host has taken every answer.
bool reboot_is_due(bool all_is_said);
/// To be called once the board is off the bus. Does not return.
void reboot_now(void);
