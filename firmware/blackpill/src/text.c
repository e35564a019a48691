// SPDX-License-Identifier: 0BSD
#include "text.h"

size_t text_length(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

bool text_equal(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

void text_decimal(char text[11], uint32_t value) {
  char reversed[10];
  size_t digits = 0;
  do {
    reversed[digits++] = (char)('0' + value % 10u);
    value /= 10u;
  } while (value != 0u);
  for (size_t n = 0; n < digits; ++n) text[n] = reversed[digits - 1u - n];
  text[digits] = '\0';
}

static void put_hex(char* to, uint32_t value, unsigned digits) {
  for (unsigned n = 0; n < digits; ++n) {
    to[n] = "0123456789ABCDEF"[value >> 4u * (digits - 1u - n) & 0xFu];
  }
}

void text_serial_number(char text[13], uint32_t first, uint32_t second, uint32_t third) {
  put_hex(text, first + third, 8);
  put_hex(text + 8, second >> 16, 4);
  text[12] = '\0';
}
