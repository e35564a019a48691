// SPDX-License-Identifier: 0BSD
// What guard and a host have to agree on: the header by which guard is known, and the stamp by
// which guard knows that an application is whole. Both are four words in the vector slots 7 to 10,
// which no Cortex-M3 or M4 uses. For C and C++, on the chip and on the host.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define GUARD_APPLICATION 0x08004000u  ///< where the application's vector table is
#define GUARD_SLOTS 0x1Cu              ///< where in a vector table the four words are

/// In guard's own vector table, at 0x08000000.
struct guard_header {
  uint32_t magic;  ///< GUARD_MAGIC
  uint32_t version;
  uint32_t record;       ///< where it keeps its record: the first of 8 bytes in RAM, or of two RTC
                         ///< backup registers. sysboot in the application has to keep it there, too
  uint32_t application;  ///< GUARD_APPLICATION
};
#define GUARD_MAGIC 0x44524147u  // "GARD"
#define GUARD_VERSION 1u

/// In an application's vector table. All four words are 0 or 0xFFFFFFFF in an application without a
/// stamp; in place of the last there may be GUARD_STAMP_CONFIRM.
struct guard_stamp {
  uint32_t magic;   ///< GUARD_STAMP_MAGIC
  uint32_t length;  ///< what the CRC covers, in bytes from the vector table on; a multiple of 4.
                    ///< What the application itself writes to must not be in it
  uint32_t crc;     ///< guard_stamp_crc()
  uint32_t flags;   ///< GUARD_STAMP_CONFIRM, or 0
};
#define GUARD_STAMP_MAGIC 0x504D5453u  // "STMP"
/// The application calls sysboot_confirm(), and wants to be kept from starting if it does not.
#define GUARD_STAMP_CONFIRM 1u

/// Offset of stamp.crc in the image.
#define GUARD_STAMP_CRC_AT (GUARD_SLOTS + 8u)
/// The shortest image with a stamp: up to the end of it.
#define GUARD_STAMP_SHORTEST (GUARD_SLOTS + 16u)

/// The CRC unit of the STM32F4 (RM0383 chapter 4): polynomial 0x04C11DB7, 32 bits at a time, the
/// highest first; nothing is reflected. It starts with 0xFFFFFFFF.
static inline uint32_t guard_crc_add(uint32_t crc, uint32_t word) {
  crc ^= word;
  for (int bit = 0; bit < 32; ++bit) {
    crc = (crc & 0x80000000u) != 0u ? crc << 1 ^ 0x04C11DB7u : crc << 1;
  }
  return crc;
}

static inline uint32_t guard_word_at(const uint8_t* image, uint32_t offset) {
  uint32_t word = 0u;
  for (uint32_t n = 4u; n-- > 0u;) word = word << 8 | image[offset + n];
  return word;
}

static inline void guard_put_word(uint8_t* image, uint32_t offset, uint32_t word) {
  for (uint32_t n = 0u; n < 4u; ++n) image[offset + n] = word >> (8u * n) & 0xFFu;
}

/// Over all words of the image, little-endian, in their order: but for stamp.crc itself, which is
/// left out. So magic, length and flags count as well.
static inline uint32_t guard_stamp_crc(const uint8_t* image, uint32_t length) {
  uint32_t crc = 0xFFFFFFFFu;
  for (uint32_t offset = 0u; offset < length; offset += 4u) {
    if (offset != GUARD_STAMP_CRC_AT) crc = guard_crc_add(crc, guard_word_at(image, offset));
  }
  return crc;
}

/// Puts a stamp into an image. Its `length` is a multiple of 4: what the file lacks to that is
/// 0xFF, as erased flash reads. False, and nothing changed, where the image is too short or has
/// something else in these words. A stamp that is there already is made anew.
static inline bool guard_stamp_put(uint8_t* image, uint32_t length) {
  if (length < GUARD_STAMP_SHORTEST || length % 4u != 0u) return false;
  const bool stamped = guard_word_at(image, GUARD_SLOTS) == GUARD_STAMP_MAGIC;
  for (uint32_t offset = GUARD_SLOTS; offset < GUARD_SLOTS + 12u && !stamped; offset += 4u) {
    const uint32_t word = guard_word_at(image, offset);
    if (word != 0u && word != 0xFFFFFFFFu) return false;
  }
  const uint32_t flags = guard_word_at(image, GUARD_SLOTS + 12u);
  if (flags != 0u && flags != 0xFFFFFFFFu && flags != GUARD_STAMP_CONFIRM) return false;
  guard_put_word(image, GUARD_SLOTS, GUARD_STAMP_MAGIC);
  guard_put_word(image, GUARD_SLOTS + 4u, length);
  guard_put_word(image, GUARD_SLOTS + 12u, flags == GUARD_STAMP_CONFIRM ? flags : 0u);
  guard_put_word(image, GUARD_STAMP_CRC_AT, guard_stamp_crc(image, length));
  return true;
}
