// SPDX-License-Identifier: 0BSD
#include "ring.h"

size_t ring_used(const struct ring* ring) {
  return ring->written - ring->read;
}

size_t ring_room(const struct ring* ring) {
  return ring->capacity - ring_used(ring);
}

void ring_clear(struct ring* ring) {
  ring->written = 0;
  ring->read = 0;
}

size_t ring_put(struct ring* ring, const uint8_t* bytes, size_t count) {
  const size_t room = ring_room(ring);
  if (count > room) count = room;
  for (size_t n = 0; n < count; ++n) ring->bytes[ring->written++ % ring->capacity] = bytes[n];
  return count;
}

size_t ring_take(struct ring* ring, uint8_t* bytes, size_t most) {
  const size_t used = ring_used(ring);
  if (most > used) most = used;
  for (size_t n = 0; n < most; ++n) bytes[n] = ring->bytes[ring->read++ % ring->capacity];
  return most;
}
