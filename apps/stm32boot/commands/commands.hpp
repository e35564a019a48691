// SPDX-License-Identifier: GPL-3.0-or-later
// The commands, one file each. Adding one: a file with add_NAME, a line here, a line in
// commands.cpp.
#pragma once

#include <functional>

#include "boards/context.hpp"

namespace stm32boot {

using Run = std::function<Outcome(Context&)>;

/// A command as the command line knows it.
struct Command {
  CLI::App* app;
  Run run;
};

Command add_list(OptionList program);
Command add_enter(OptionList program);
Command add_flash(OptionList program);
Command add_verify(OptionList program);
Command add_read(OptionList program);
Command add_erase(OptionList program);
Command add_run(OptionList program);
Command add_info(OptionList program);
Command add_option_bytes(OptionList program);
Command add_unlock(OptionList program);
Command add_convert(OptionList program);
Command add_doctor(OptionList program);
Command add_profiles(OptionList program);

std::vector<Command> add_commands(OptionList program);

}  // namespace stm32boot
