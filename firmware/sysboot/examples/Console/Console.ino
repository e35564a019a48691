// SPDX-License-Identifier: 0BSD
// The line `dfu` on the USB console, the touch at 1200 baud, or the button held for a second: each
// reboots the board into the bootloader in its ROM. In the menu, USB support: CDC.
#include "sysboot_triggers.h"

// The core starts clocks before setup(), in a constructor; this runs before constructors.
__attribute__((section(".preinit_array"), used)) static void (*first)() = sysboot_start;

void setup() {
  SerialUSB.begin();
  pinMode(USER_BTN, INPUT_PULLUP);
}

void loop() {
  while (SerialUSB.available() > 0) {
    const uint8_t c = static_cast<uint8_t>(SerialUSB.read());
    sysboot_on_text(&c, 1);
  }
  sysboot_on_line_state(SerialUSB.baud(), SerialUSB.dtr());
  sysboot_on_button(digitalRead(USER_BTN) == LOW, millis());
  sysboot_poll(delay, [] { SerialUSB.end(); });
}
