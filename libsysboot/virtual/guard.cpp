// SPDX-License-Identifier: GPL-3.0-or-later
// The rules are those of firmware/guard/src/decide.c, which a test holds them against. That file
// itself reads the one flash of a chip.
#include "sysboot/virtual/guard.hpp"

#include "guard_image.h"
#include "sysboot/virtual/board.hpp"

namespace sysboot::virtual_bench {
namespace {

constexpr std::uint32_t flash_start = 0x08000000;
constexpr std::uint32_t ram = 0x20000000;
constexpr std::uint32_t ram_size = 0x20000;
constexpr std::uint32_t record_at = 0x2001FFF8;
constexpr int reads = 16;

std::uint32_t word_at(const FlashMemory& flash, std::uint32_t address) {
  return guard_word_at(flash.read(address, 4).data(), 0);
}

bool fits_stamp(const FlashMemory& flash, std::uint32_t room) {
  constexpr std::uint32_t stamp = GUARD_APPLICATION + GUARD_SLOTS;
  if (word_at(flash, stamp) != GUARD_STAMP_MAGIC) return true;
  const std::uint32_t length = word_at(flash, stamp + 4);
  if (length % 4 != 0 || length < GUARD_STAMP_SHORTEST || length > room) return false;
  return guard_stamp_crc(flash.read(GUARD_APPLICATION, length).data(), length) ==
         word_at(flash, stamp + 8);
}

}  // namespace

bool has_guard(const FlashMemory& flash) {
  return flash.contains(flash_start, GUARD_STAMP_SHORTEST) &&
         word_at(flash, flash_start + GUARD_SLOTS) == GUARD_MAGIC;
}

bool guard_starts_application(const FlashMemory& flash) {
  if (!flash.contains(GUARD_APPLICATION, GUARD_STAMP_SHORTEST)) return false;
  const auto room =
      static_cast<std::uint32_t>(flash.layout().size()) - (GUARD_APPLICATION - flash_start);
  const std::uint32_t stack = word_at(flash, GUARD_APPLICATION);
  const std::uint32_t entry = word_at(flash, GUARD_APPLICATION + 4);
  if (stack - 1 - ram >= ram_size) return false;
  if (entry % 2 == 0 || entry - (GUARD_APPLICATION + 8) >= room - 8) return false;
  for (int read = 1; read < reads; ++read) {
    if (word_at(flash, GUARD_APPLICATION) != stack) return false;
    if (word_at(flash, GUARD_APPLICATION + 4) != entry) return false;
  }
  return fits_stamp(flash, room);
}

Bytes stub_guard() {
  Bytes image = stub_application();
  guard_put_word(image.data(), 0, ram + 0x100);
  guard_put_word(image.data(), GUARD_SLOTS, GUARD_MAGIC);
  guard_put_word(image.data(), GUARD_SLOTS + 4, GUARD_VERSION);
  guard_put_word(image.data(), GUARD_SLOTS + 8, record_at);
  guard_put_word(image.data(), GUARD_SLOTS + 12, GUARD_APPLICATION);
  return image;
}

void load_guarded(FlashMemory& flash) {
  flash.load(flash_start, stub_guard());
  flash.load(GUARD_APPLICATION, stub_application(GUARD_APPLICATION));
}

}  // namespace sysboot::virtual_bench
