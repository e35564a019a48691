// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.hpp"

namespace stm32boot {

std::vector<Command> add_commands(OptionList program) {
  return {add_list(program),   add_enter(program),   add_flash(program),
          add_verify(program), add_read(program),    add_erase(program),
          add_run(program),    add_info(program),    add_option_bytes(program),
          add_unlock(program), add_convert(program), add_profiles(program),
          add_doctor(program)};
}

}  // namespace stm32boot
