// SPDX-License-Identifier: GPL-3.0-or-later
// Where STM32 parts have flash and RAM, all lines taken together.
#pragma once

#include <cstdint>
#include <optional>

namespace sysboot {

/// The address in flash that is meant, in the place where every line has it: 0x08004000 for
/// 0x08004000 itself, for 0x00204000 (ITCM bus of the F7, RM0410 section 3.3) and for 0x0C004000
/// (secure code on L5, U5 and H5, RM0456 section 2.3). None for what is not in flash.
/// 0x00000000 is not among them: what is there depends on how the chip was started, and after the
/// ROM it is the ROM (AN2606 section 4); most programs linked for it are for other makers' chips.
std::optional<std::uint32_t> in_flash(std::uint32_t address);

/// Can a stack begin here on any STM32? It grows down from its first word, so the end of RAM is
/// inside and its start is not. The core ignores the two low bits (ARMv7-M ARM, B1.5.5, TakeReset),
/// which old linker scripts made use of: 0x2001FFFF.
bool is_stack_pointer(std::uint32_t address);

/// What the core takes a first word for.
constexpr std::uint32_t as_stack_pointer(std::uint32_t word) {
  return word & ~std::uint32_t{3};
}

}  // namespace sysboot
