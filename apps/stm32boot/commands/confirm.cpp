// SPDX-License-Identifier: GPL-3.0-or-later
#include "confirm.hpp"

#include <iostream>
#include <string>

namespace stm32boot {

bool is_confirmed() {
  std::cerr << "type 'yes' to go on: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes";
}

}  // namespace stm32boot
