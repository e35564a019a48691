// SPDX-License-Identifier: 0BSD
// The decisions, in their order:
//
//   1  the chip is not as after a reset, or the ROM has left: reset, for a clean start
//   2  a request of the application's: the ROM, up to GUARD_TRIES times
//   3  the reset pin and nothing else: wait for a second tap, which leads into the ROM
//   4  the application is not whole: the ROM
//   5  it asks for a boot-loop rescue, and has not confirmed for GUARD_STARTS starts: the ROM
//   6  the application
//
// A double tap and a rescue are from then on as a request is, so that a ROM that bounces is entered
// again. Without an application it is entered again in any case, and must not be once there is one:
// after a *leave* that has not come by here, that application's own reset looks like a bounce.
#include "decide.h"

#include "../guard_image.h"
#include "port.h"
#include "sysboot_record.h"

#define FLAG_POWER SYSBOOT_BIT(27)  // PORRSTF

#define ENTERED_ONCE (SYSBOOT_KEY + 1u)

enum image { BROKEN, WHOLE, WHOLE_AND_CONFIRMS };

static bool is_inside(uint32_t address, uint32_t first, uint32_t size) {
  return address - first < size;
}

static enum image examine_stamp(uint32_t room) {
  const uint32_t stamp = GUARD_APPLICATION + GUARD_SLOTS;
  if (guard_read(stamp) != GUARD_STAMP_MAGIC) return WHOLE;
  const uint32_t length = guard_read(stamp + 4u);
  if (length % 4u != 0u || length < GUARD_STAMP_SHORTEST || length > room) return BROKEN;
  if (guard_image_crc(GUARD_APPLICATION, length) != guard_read(stamp + 8u)) return BROKEN;
  return (guard_read(stamp + 12u) & GUARD_STAMP_CONFIRM) != 0u ? WHOLE_AND_CONFIRMS : WHOLE;
}

/// A stack begins one above its highest byte. It need not be aligned: the hardware does that.
static enum image examine_image(void) {
  const uint32_t flash = (guard_read(GUARD_FLASH_SIZE_AT) >> 16) * 1024u;
  const uint32_t room = GUARD_FLASH + flash - GUARD_APPLICATION;
  const uint32_t stack = guard_read(GUARD_APPLICATION) - 1u;
  const uint32_t entry = guard_read(GUARD_APPLICATION + 4u);
  if (!is_inside(stack, GUARD_RAM, GUARD_RAM_SIZE) &&
      !is_inside(stack, GUARD_CCM, GUARD_CCM_SIZE)) {
    return BROKEN;
  }
  if (entry % 2u == 0u || !is_inside(entry, GUARD_APPLICATION + 8u, room - 8u)) return BROKEN;
  // Bits that were being programmed when power failed may read otherwise every time.
  for (int reads = 1; reads < GUARD_READS; ++reads) {
    if (guard_read(GUARD_APPLICATION) - 1u != stack) return BROKEN;
    if (guard_read(GUARD_APPLICATION + 4u) != entry) return BROKEN;
  }
  return examine_stamp(room);
}

/// NRST is pulled low by every reset, so its flag says something only when it is alone.
static bool is_software(uint32_t flags) {
  return (flags & ~SYSBOOT_RESET_PIN) == SYSBOOT_RESET_SOFTWARE;
}

uint32_t guard_decide(const struct guard_situation* found) {
  uint32_t flags = found->flags;
  const uint32_t record = (flags & FLAG_POWER) != 0u ? 0u : found->record;
  const bool is_request = record - SYSBOOT_KEY <= GUARD_TRIES;
  const bool is_ours = (record & SYSBOOT_GUARD_MASK) == SYSBOOT_GUARD;
  const uint32_t state = is_ours ? record & SYSBOOT_GUARD_STATE : SYSBOOT_GUARD_DONE;
  uint32_t starts = is_ours ? record & SYSBOOT_GUARD_STARTS : 0u;
  uint32_t entries = 0u;
  if (is_request) entries = record - SYSBOOT_KEY;
  if (state != SYSBOOT_GUARD_DONE) entries = record & SYSBOOT_GUARD_ENTRIES;

  if (!found->as_after_reset || (flags == 0u && state != SYSBOOT_GUARD_LEFT)) {
    return SYSBOOT_GUARD | SYSBOOT_GUARD_LEFT | entries;
  }
  if (is_software(flags)) {
    if (is_request && entries < GUARD_TRIES) return record + 1u;
    if (state == SYSBOOT_GUARD_LEFT) flags = 0u;
  }
  if (flags == SYSBOOT_RESET_PIN) {
    const bool again = state == SYSBOOT_GUARD_ARMED;
    const uint32_t tap = again ? SYSBOOT_GUARD_TAPPED : SYSBOOT_GUARD_SETTLING;
    if (!found->waited) return flags | SYSBOOT_GUARD | tap | starts | entries;
    if (again) return ENTERED_ONCE;
  }
  const enum image image = examine_image();
  const bool confirms = image == WHOLE_AND_CONFIRMS;
  if (image == BROKEN) return SYSBOOT_GUARD | SYSBOOT_GUARD_IN_ROM | 1u;
  if (confirms && starts == GUARD_STARTS * SYSBOOT_GUARD_START) return ENTERED_ONCE;
  starts = confirms ? starts + SYSBOOT_GUARD_START : 0u;
  return flags | SYSBOOT_GUARD | SYSBOOT_GUARD_DONE | starts | entries;
}
