// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.hpp"

namespace stm32boot {

Declared::Declared() {
  options.add_to(line.program());
  settings.add_to(line.program());
  commands = {add_list(line),    add_enter(line),    add_flash(line),        add_verify(line),
              add_read(line),    add_erase(line),    add_run(line),          add_restart(line),
              add_monitor(line), add_info(line),     add_option_bytes(line), add_guard(line),
              add_unlock(line),  add_convert(line),  add_profiles(line),     add_chips(line),
              add_doctor(line),  add_dfu_util(line), add_shims(line)};
}

}  // namespace stm32boot
