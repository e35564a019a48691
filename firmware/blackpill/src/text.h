// SPDX-License-Identifier: 0BSD
// The few things that the C library would do for text.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t text_length(const char* text);
bool text_equal(const char* a, const char* b);

/// 11 bytes: decimal, without leading zeros, and a NUL.
void text_decimal(char text[11], uint32_t value);

/// 13 bytes: the serial number that ST's ROM and its CDC examples make of the unique id's words:
/// eight digits of the sum of first and third, four of the upper half of the second, upper case.
/// That it is also the ROM's was seen on F2 and F405; of the F411's ROM no sample is known.
void text_serial_number(char text[13], uint32_t first, uint32_t second, uint32_t third);
