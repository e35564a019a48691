// SPDX-License-Identifier: 0BSD
// A line of text, the touch at 1200 baud, a button; and the way out that they share.
#include "sysboot_triggers.h"

#define HELD_MS 1000u
#define ANSWER_MS 100u
#define UNPLUGGED_MS 30u  // 20 at least, or the host does not see the board go

volatile bool sysboot_wanted;

void sysboot_start(void) {
  const bool rom_has_run = sysboot_check() > 0u;
  if (rom_has_run && sysboot_rom_exit() == SYSBOOT_EXIT_JUMP) sysboot_reset();
}

void sysboot_on_text(const uint8_t* text, size_t length) {
  static const uint8_t word[3] = {'d', 'f', 'u'};
  static size_t matched;  // letters of it that the line has so far; 4: it is another line
  for (size_t n = 0u; n < length; ++n) {
    if (text[n] == '\r' || text[n] == '\n') {
      if (matched == sizeof word) sysboot_wanted = true;
      matched = 0u;
    } else {
      matched = matched < sizeof word && text[n] == word[matched] ? matched + 1u : 4u;
    }
  }
}

void sysboot_on_line_state(uint32_t baud, bool dtr) {
  if (baud == 1200u && !dtr) sysboot_wanted = true;
}

void sysboot_on_button(bool pressed, uint32_t now_ms) {
  static bool was_pressed;
  static uint32_t pressed_at;
  if (was_pressed && now_ms - pressed_at >= HELD_MS) sysboot_wanted = true;
  if (pressed && !was_pressed) pressed_at = now_ms;
  was_pressed = pressed;
}

void sysboot_poll(void (*wait_ms)(uint32_t ms), void (*unplug)(void)) {
  if (!sysboot_wanted) return;
  wait_ms(ANSWER_MS);
  unplug();
  wait_ms(UNPLUGGED_MS);
  sysboot_request();
}
