// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/local_time.hpp"

namespace stm32boot {

std::tm local_time(std::time_t time) {
  std::tm parts{};
  ::localtime_s(&parts, &time);
  return parts;
}

}  // namespace stm32boot
