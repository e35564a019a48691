// SPDX-License-Identifier: 0BSD
// What guard does after a reset: one function without side effects.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// How often one request, or a double tap, may enter the ROM.
#define GUARD_TRIES 3u
/// How often an application that asks for it is started without confirming.
#define GUARD_STARTS 3u
/// How often stack pointer and reset vector have to read the same.
#define GUARD_READS 16

/// What guard finds.
struct guard_situation {
  uint32_t flags;       ///< the reset flags (RCC_CSR), the rest 0; they are since the last start
  uint32_t record;      ///< what the store held at the reset, 0 for nothing
  bool as_after_reset;  ///< the clocks are; after the ROM's *leave* they are not
  bool waited;          ///< as decided before, and no reset came meanwhile
};

/// What to do next, as the state of a record (sysboot_record.h), and the record to write before:
///
///   a request, or SYSBOOT_GUARD_IN_ROM    enter the ROM
///   SYSBOOT_GUARD_DONE                    start the application
///   SYSBOOT_GUARD_LEFT                    reset, for a clean start of the application
///   SYSBOOT_GUARD_SETTLING                wait until the contact is quiet; write the record as
///                                         SYSBOOT_GUARD_ARMED; wait for a second tap; decide again
///   SYSBOOT_GUARD_TAPPED                  wait until the contact is quiet; decide again
///
/// The image is read through guard_read() and guard_image_crc() of port.h.
uint32_t guard_decide(const struct guard_situation* found);
