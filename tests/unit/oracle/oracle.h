/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What dfu-util makes of a memory layout string. */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oracle_segment {
  unsigned int start;
  unsigned int end; /* last byte */
  int sector_size;
  int access; /* bits: 1 readable, 2 erasable, 4 writable */
};

/* Fills at most `most` segments; returns how many there are. */
size_t oracle_parse_layout(const char* text, struct oracle_segment* segments, size_t most);

#ifdef __cplusplus
}
#endif
