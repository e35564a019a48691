// SPDX-License-Identifier: GPL-3.0-or-later
#include "guard_host.hpp"

#include <stdexcept>

extern "C" {
#include "../../firmware/guard/src/decide.h"
std::uint32_t guard_read(std::uint32_t address);
std::uint32_t guard_image_crc(std::uint32_t address, std::uint32_t length);
}

namespace {

constexpr std::uint32_t flash_size_at = 0x1FFF7A20;
constexpr std::uint32_t power_on = 0x0E000000;  // RCC_CSR: RM0383 6.3.21
// guard's record, from the table in sysboot_record.h.
constexpr std::uint32_t mask = 0x01FFFFE0;
constexpr std::uint32_t done = 0x00B00700;

const sysboot::virtual_bench::FlashMemory* the_flash = nullptr;

}  // namespace

std::uint32_t guard_read(std::uint32_t address) {
  if (address == flash_size_at) {
    return static_cast<std::uint32_t>(the_flash->layout().size() / 1024) << 16;
  }
  if (!the_flash->contains(address, 4)) throw std::logic_error("guard reads outside flash");
  return guard_word_at(the_flash->read(address, 4).data(), 0);
}

std::uint32_t guard_image_crc(std::uint32_t address, std::uint32_t length) {
  if (!the_flash->contains(address, length)) throw std::logic_error("guard reads outside flash");
  return guard_stamp_crc(the_flash->read(address, length).data(), length);
}

bool support::guard_starts(const sysboot::virtual_bench::FlashMemory& flash) {
  the_flash = &flash;
  const guard_situation found{power_on, 0, true, false};
  return (guard_decide(&found) & mask) == done;
}
