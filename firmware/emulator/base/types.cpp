// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/base/types.hpp"

namespace emulator {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t second = Time::period::den;

}  // namespace

Time duration_of(std::uint64_t ticks, Hertz frequency) {
  if (frequency == 0) return never;
  const Wide picoseconds = (Wide{ticks} * second + frequency - 1) / frequency;
  return picoseconds > Wide{static_cast<std::uint64_t>(never.count())}
             ? never
             : Time(static_cast<Time::rep>(picoseconds));
}

std::uint64_t ticks_in(Time duration, Hertz frequency) {
  if (duration <= Time::zero()) return 0;
  // One picosecond more, because both ends of the duration may have been rounded up.
  const Wide picoseconds = Wide{static_cast<std::uint64_t>(duration.count())} + 1;
  return static_cast<std::uint64_t>(picoseconds * frequency / second);
}

std::uint32_t word_at(ByteView bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | bytes[offset + i];
  return value;
}

void put_word(std::span<std::uint8_t> bytes, std::size_t offset, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

}  // namespace emulator
