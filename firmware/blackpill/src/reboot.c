// SPDX-License-Identifier: 0BSD
#include "reboot.h"

#include <stdint.h>

#include "sysboot.h"
#include "ticks.h"

// The host gets time to close its port: a handle that is open across the reset disturbs Windows. A
// device cannot see that, so it is a fixed time.
#define GRACE_MS 100u
// For a host that does not take the answer, because it sleeps or does not read.
#define LIMIT_MS 400u
// Long enough for every hub to notice.
#define DETACHED_MS 30u

enum destination { NOWHERE, ROM, APPLICATION };

static enum destination destination;
static uint32_t asked_at;

void reboot_start(void) {
  destination = NOWHERE;
}

static void reboot_into(enum destination where) {
  if (destination != NOWHERE) return;
  destination = where;
  asked_at = ticks_now();
}

void reboot_into_rom(void) {
  reboot_into(ROM);
}

void reboot_into_application(void) {
  reboot_into(APPLICATION);
}

bool reboot_is_pending(void) {
  return destination != NOWHERE;
}

bool reboot_is_due(bool all_is_said) {
  if (destination == NOWHERE || !ticks_passed(asked_at, GRACE_MS)) return false;
  return all_is_said || ticks_passed(asked_at, LIMIT_MS);
}

void reboot_now(void) {
  ticks_wait(DETACHED_MS);
  if (destination == ROM) sysboot_request();
  sysboot_reset();
}
