// SPDX-License-Identifier: 0BSD
// Which ways into the ROM bootloader there are. Each can be left out: -DBLACKPILL_TRIGGER_TOUCH=0.
#pragma once

/// 1200 baud, and DTR falls.
#ifndef BLACKPILL_TRIGGER_TOUCH
#define BLACKPILL_TRIGGER_TOUCH 1
#endif
/// A line `dfu` on the console.
#ifndef BLACKPILL_TRIGGER_LINE
#define BLACKPILL_TRIGGER_LINE 1
#endif
/// DFU_DETACH. Without it there is no DFU run-time interface either.
#ifndef BLACKPILL_TRIGGER_DETACH
#define BLACKPILL_TRIGGER_DETACH 1
#endif
/// KEY held for a second.
#ifndef BLACKPILL_TRIGGER_BUTTON
#define BLACKPILL_TRIGGER_BUTTON 1
#endif

/// The USB stack can ask for the ROM by itself.
#define BLACKPILL_TRIGGER_USB (BLACKPILL_TRIGGER_TOUCH || BLACKPILL_TRIGGER_DETACH)
