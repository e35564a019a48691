// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/types.hpp"

#include <fmt/core.h>

#include "sysboot/text.hpp"

namespace sysboot {

std::string hex32(std::uint64_t address) {
  return fmt::format("0x{:08X}", address);
}

std::string usb_id(std::uint16_t vendor, std::uint16_t product) {
  return fmt::format("{:04x}:{:04x}", vendor, product);
}

std::string human_size(std::uint64_t bytes) {
  constexpr std::uint64_t kib = 1024;
  constexpr std::uint64_t mib = 1024 * kib;
  if (bytes < kib) return counted(bytes, "byte");
  const std::uint64_t unit = bytes < mib ? kib : mib;
  const char* name = bytes < mib ? "KiB" : "MiB";
  if (bytes % unit == 0) return fmt::format("{} {}", bytes / unit, name);
  return fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(unit), name);
}

std::string human_time(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  return fmt::format("{:.{}f} s", seconds, seconds < 9.995 ? 2 : 1);
}

}  // namespace sysboot
