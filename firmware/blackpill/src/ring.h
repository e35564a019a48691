// SPDX-License-Identifier: 0BSD
// A first-in-first-out buffer of bytes. Its capacity is a power of two.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct ring {
  uint8_t* bytes;
  size_t capacity;
  size_t written;  ///< in all; so is `read`: their difference is what is inside
  size_t read;
};

size_t ring_used(const struct ring* ring);
size_t ring_room(const struct ring* ring);
void ring_clear(struct ring* ring);

/// As many as fit; returns how many.
size_t ring_put(struct ring* ring, const uint8_t* bytes, size_t count);
/// As many as there are, `most` at most; returns how many.
size_t ring_take(struct ring* ring, uint8_t* bytes, size_t most);
