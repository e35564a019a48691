// SPDX-License-Identifier: 0BSD
// What guard does after a reset: one function without side effects.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// How often one request, or a double tap, may enter the ROM.
#define GUARD_TRIES 3u
/// How often an application that asks for it is started without confirming.
#define GUARD_STARTS 3u

/// What guard finds.
struct guard_situation {
  uint32_t flags;       ///< the reset flags (RCC_CSR), the rest 0; they are since the last start
  uint32_t record;      ///< what the store holds, 0 for nothing; after waiting, what was decided
  bool as_after_reset;  ///< the clocks are; after the ROM's *leave* they are not
  bool waited;          ///< as decided before, and no reset came meanwhile
};

/// What to write into the store; and that says what to do next (sysboot_record.h):
///
///   a request                 enter the ROM
///   SYSBOOT_GUARD_DONE        start the application
///   SYSBOOT_GUARD_LEFT        reset, for a clean start of the application
///   SYSBOOT_GUARD_SETTLING    wait until the contact is quiet, then, as SYSBOOT_GUARD_ARMED, for a
///                             second tap; then decide again
///   SYSBOOT_GUARD_TAPPED      wait until the contact is quiet, then decide again
///
/// The image is read through guard_read() and guard_image_crc() of port.h.
uint32_t guard_decide(struct guard_situation found);
