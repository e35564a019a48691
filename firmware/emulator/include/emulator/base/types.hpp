// SPDX-License-Identifier: GPL-3.0-or-later
// What every part of the emulator speaks in: virtual time, ticks of clocks, addresses and bits.
#pragma once

#include "sysboot/types.hpp"

namespace emulator {

using sysboot::Bytes;
using sysboot::ByteView;
using sysboot::hex32;

/// Since power first came on. Picoseconds, so that one cycle at any frequency differs from the
/// next.
using Time = std::chrono::duration<std::int64_t, std::pico>;
using Cycles = std::uint64_t;
using Address = std::uint32_t;
using Hertz = std::uint64_t;

constexpr Time never = Time::max();

/// How long so many ticks of a clock take; rounded up, so that ticks_in() gives them back.
Time duration_of(std::uint64_t ticks, Hertz frequency);
/// How many whole ticks of a clock fit; of a stopped clock none.
std::uint64_t ticks_in(Time duration, Hertz frequency);

constexpr std::uint32_t bit(unsigned number) {
  return 1U << number;
}
constexpr std::uint32_t field(std::uint32_t value, unsigned low, unsigned width) {
  return value >> low & (bit(width) - 1);
}
constexpr std::uint32_t with_field(std::uint32_t value, unsigned low, unsigned width,
                                   std::uint32_t content) {
  const std::uint32_t mask = (bit(width) - 1) << low;
  return (value & ~mask) | (content << low & mask);
}

/// The bits of an access of 1, 2 or 4 bytes.
constexpr std::uint32_t lane_mask(unsigned size) {
  return size == 4 ? ~0U : bit(8 * size) - 1;
}

/// Little endian, as everything on this chip.
std::uint32_t word_at(ByteView bytes, std::size_t offset);
void put_word(std::span<std::uint8_t> bytes, std::size_t offset, std::uint32_t value);

}  // namespace emulator
