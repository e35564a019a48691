// SPDX-License-Identifier: GPL-3.0-or-later
// Never run: what a small program consists of, so that its machine code is like others'.
#include <stdint.h>

#ifdef WITH_NEWLIB
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#endif

// Assembler refers to it, which link-time optimisation does not see.
#define KEPT __attribute__((used))

struct Port {
  volatile uint32_t status, data, control;
};
#define SERIAL ((struct Port*)0x40004400)
#define USB ((struct Port*)0x50000000)

struct Ring {
  uint8_t bytes[64];
  volatile uint8_t head, tail;
};
static struct Ring in, out;
static volatile uint32_t ticks;
static uint32_t state = 1;

static int put(struct Ring* ring, uint8_t byte) {
  const uint8_t next = (uint8_t)((ring->head + 1) % sizeof ring->bytes);
  if (next == ring->tail) return 0;
  ring->bytes[ring->head] = byte;
  ring->head = next;
  return 1;
}

static int get(struct Ring* ring) {
  if (ring->head == ring->tail) return -1;
  const uint8_t byte = ring->bytes[ring->tail];
  ring->tail = (uint8_t)((ring->tail + 1) % sizeof ring->bytes);
  return byte;
}

static void text(const char* what) {
  while (*what) {
    if (!put(&out, (uint8_t)*what)) return;
    ++what;
  }
}

static void number(uint32_t value, unsigned base) {
  char digits[12];
  int i = sizeof digits - 1;
  digits[i] = 0;
  do {
    digits[--i] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value && i);
  text(digits + i);
}

uint32_t crc(const uint8_t* bytes, uint32_t count) {
  uint32_t sum = 0xFFFFFFFF;
  while (count--) {
    sum ^= *bytes++;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
  }
  return ~sum;
}

KEPT void report(uint32_t exception) {
  text("exception ");
  number(exception, 10);
  SERIAL->data = exception;
}

KEPT void tick(void) {
  ++ticks;
}

KEPT void serial(void) {
  const uint32_t status = SERIAL->status;
  if (status & 32) put(&in, (uint8_t)SERIAL->data);
  if (status & 128) {
    const int next = get(&out);
    if (next < 0)
      SERIAL->control &= ~128U;
    else
      SERIAL->data = (uint32_t)next;
  }
}

KEPT void usb(void) {
  const uint32_t status = USB->status & USB->control;
  if (status & 1) state = 0;
  if (status & 2) put(&in, (uint8_t)USB->data);
  USB->status = status;
}

// Many functions of many shapes: N is a number of three digits.
#define COMMAND(n, op, shift)                                           \
  static int32_t command_##n(int32_t a, int32_t b) {                    \
    const int32_t mixed = (a op(int32_t)(n * 7919)) + (b >> shift);     \
    if (mixed > n * 11) return mixed - (int32_t)ticks;                  \
    for (int32_t i = 0; i < (b & 15); ++i) state = state * 1664525 + n; \
    if ((state >> shift & 3) == 0) number(state, 16);                   \
    return mixed op(int32_t) state;                                     \
  }
#define TEN(n)                                                                     \
  COMMAND(n##0, +, 3)                                                              \
  COMMAND(n##1, ^, 5)                                                              \
  COMMAND(n##2, -, 1)                                                              \
  COMMAND(n##3, |, 7) COMMAND(n##4, &, 9) COMMAND(n##5, *, 2) COMMAND(n##6, +, 11) \
      COMMAND(n##7, ^, 4) COMMAND(n##8, -, 6) COMMAND(n##9, |, 8)
TEN(10)
TEN(11)
TEN(12) TEN(13) TEN(14) TEN(15)

    typedef int32_t (*Command)(int32_t, int32_t);
struct Entry {
  const char* name;
  Command command;
};
#define NAMED(n) {"command " #n, command_##n},
#define TEN_NAMED(n) \
  NAMED(n##0)        \
  NAMED(n##1)        \
  NAMED(n##2) NAMED(n##3) NAMED(n##4) NAMED(n##5) NAMED(n##6) NAMED(n##7) NAMED(n##8) NAMED(n##9)
static const struct Entry entries[] = {TEN_NAMED(10) TEN_NAMED(11) TEN_NAMED(12) TEN_NAMED(13)
                                           TEN_NAMED(14) TEN_NAMED(15)};

#ifdef WITH_NEWLIB
static int by_name(const void* a, const void* b) {
  return strcmp(((const struct Entry*)a)->name, ((const struct Entry*)b)->name);
}
static void library(int byte) {
  char line[80];
  struct Entry* copy = malloc(sizeof entries);
  memcpy(copy, entries, sizeof entries);
  qsort(copy, sizeof entries / sizeof *entries, sizeof *entries, by_name);
  const time_t now = (time_t)ticks;
  snprintf(line, sizeof line, "%-10s %8.3f %s", copy->name, strtod("1.5", 0) * byte, ctime(&now));
  text(line);
  free(copy);
}
#endif

int main(void) {
  int32_t a = 0;
  for (;;) {
    const int byte = get(&in);
    if (byte < 0) continue;
    const struct Entry* entry = &entries[(unsigned)byte % (sizeof entries / sizeof *entries)];
    text(entry->name);
    a = entry->command(a, byte);
#ifdef WITH_NEWLIB
    library(byte);
#endif
    number(crc((const uint8_t*)&a, sizeof a), 16);
  }
}
