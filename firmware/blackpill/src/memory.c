// SPDX-License-Identifier: 0BSD
// What GCC calls even in freestanding programs.
#include <stddef.h>

void* memcpy(void* restrict to, const void* restrict from, size_t size);
void* memset(void* to, int value, size_t size);

void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  char* t = to;
  const char* f = from;
  while (size-- > 0) *t++ = *f++;
  return to;
}

void* memset(void* to, int value, size_t size) {
  char* t = to;
  while (size-- > 0) *t++ = (char)value;
  return to;
}
