// SPDX-License-Identifier: GPL-3.0-or-later
// What the listing uses of the Arduino core for STM32.
#pragma once

#include <stdint.h>

enum { LOW = 0, INPUT_PULLUP = 2, USER_BTN = 0 };

class USBSerial {
 public:
  void begin();
  void end();
  int available();
  int read();
  uint32_t baud();
  bool dtr();
};
extern USBSerial SerialUSB;

void pinMode(uint32_t pin, uint32_t mode);
int digitalRead(uint32_t pin);
uint32_t millis();
void delay(uint32_t ms);
