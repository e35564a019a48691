// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.hpp"

namespace stm32boot {

std::vector<Command> add_commands(CLI::App& app) {
  return {add_list(app),         add_enter(app),  add_flash(app),   add_verify(app),
          add_read(app),         add_erase(app),  add_run(app),     add_info(app),
          add_option_bytes(app), add_unlock(app), add_convert(app), add_profiles(app),
          add_doctor(app)};
}

}  // namespace stm32boot
