// SPDX-License-Identifier: GPL-3.0-or-later
// Which memory an address is in, on STM32 parts of any line.
#pragma once

#include <span>
#include <string_view>

#include "sysboot/image.hpp"

namespace sysboot {

enum class MemoryKind {
  flash,  ///< internal, or may be on some part
  ram,    ///< that a program fills by itself
  other,
};

struct Memory {
  std::uint32_t first;
  std::uint64_t end;
  MemoryKind kind;
  std::string_view name;  ///< "option bytes (STM32F2, F4)"
};

/// The whole address space, in order and without gaps.
std::span<const Memory> memories();
const Memory& memory_at(std::uint32_t address);

/// Error: image_does_not_fit, when a part of it can be in no STM32's internal flash.
void require_flash_addresses(const Image& image);

}  // namespace sysboot
