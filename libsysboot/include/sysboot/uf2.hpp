// SPDX-License-Identifier: GPL-3.0-or-later
// The ids by which UF2 files say which microcontrollers they are for.
#pragma once

#include <optional>

#include "sysboot/types.hpp"

namespace sysboot {

/// One row of utils/uf2families.json in github.com/microsoft/uf2 (February 2026).
struct Uf2Family {
  std::string_view name;  ///< "STM32F4"; "STM32F411xE" where bootloaders have ids of their own
  std::uint32_t id = 0;
};
/// All that are known, those of STM32 parts first.
const std::vector<Uf2Family>& uf2_families();

/// "STM32F4"; empty when the id is not known.
std::string_view uf2_family_name(std::uint32_t id);
bool is_stm32_family(std::uint32_t id);
/// In capital or small letters; none when no family has this name.
std::optional<std::uint32_t> uf2_family_id(std::string_view name);
/// "STM32F4 (0x57755A57)", "family 0x12345678"
std::string describe_uf2_family(std::uint32_t id);

}  // namespace sysboot
