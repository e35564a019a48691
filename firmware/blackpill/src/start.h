// SPDX-License-Identifier: 0BSD
// Why this run of the application began.
#pragma once

enum start_reason {
  START_POWER,
  START_PIN,
  START_SOFTWARE,
  START_WATCHDOG,
  START_LOW_POWER,
  START_ROM_LEFT,     ///< the ROM jumped here, after it had been entered on request
  START_ROM_BOUNCED,  ///< the ROM was entered on request, and reset the chip every time
};

/// Looks at the reset flags, and clears them so that the next start sees only its own.
/// `rom_entries`: what sysboot_check() returned.
void start_note_reason(unsigned rom_entries);

enum start_reason start_reason(void);
/// "the ROM's leave"
const char* start_describe(void);
