// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/local_time.hpp"

namespace stm32boot {

std::tm local_time(std::time_t time) {
  std::tm parts{};
  ::tzset();  // which localtime_r may leave out
  ::localtime_r(&time, &parts);
  return parts;
}

}  // namespace stm32boot
