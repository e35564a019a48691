// SPDX-License-Identifier: GPL-3.0-or-later
// What the memory map of a chip looks like. The peripherals are the F411's on each.
#pragma once

#include "emulator/base/types.hpp"
#include "sysboot/layout.hpp"

namespace emulator {

constexpr Address flash_base = 0x08000000;
constexpr Address ram_base = 0x20000000;
constexpr std::uint32_t flash_size = 512 * 1024;  ///< of the F411
constexpr std::uint32_t ram_size = 128 * 1024;    ///< likewise

struct ChipModel {
  std::string_view name;   ///< as chip= of a virtual board says it
  std::string_view flash;  ///< its layout, in the words of a ROM
  std::uint32_t ram_size = 0;
};

inline constexpr ChipModel f411 = {"stm32f411", sysboot::f411_flash, ram_size};
/// STM32F413xH and F423xH (RM0430 sections 2.3 and 3.4).
inline constexpr ChipModel f413 = {
    "stm32f413", "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,011*128Kg", 320 * 1024};

/// Error: usage, for any other.
const ChipModel& model_named(std::string_view name);

}  // namespace emulator
