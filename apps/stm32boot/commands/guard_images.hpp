// SPDX-License-Identifier: GPL-3.0-or-later
// The guards that this stm32boot has in it. The build makes the table
// (firmware/cmake/GuardImages.cmake), which is empty without a compiler for ARM.
#pragma once

#include <span>
#include <string_view>

namespace stm32boot {

struct GuardImage {
  std::string_view name;  ///< "guard-f411"
  std::string_view bytes;
};

std::span<const GuardImage> guard_images();

}  // namespace stm32boot
