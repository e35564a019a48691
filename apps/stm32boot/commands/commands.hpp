// SPDX-License-Identifier: GPL-3.0-or-later
// The commands, one file each. Adding one: a file with add_NAME, a line here, a line in
// commands.cpp.
#pragma once

#include <functional>

#include "boards/context.hpp"

namespace stm32boot {

using Run = std::function<CommandResult(Context&)>;

/// A command as the command line knows it.
struct Command {
  OptionList options;
  Run run;
};

Command add_list(CommandLine& line);
Command add_enter(CommandLine& line);
Command add_flash(CommandLine& line);
Command add_verify(CommandLine& line);
Command add_read(CommandLine& line);
Command add_erase(CommandLine& line);
Command add_run(CommandLine& line);
Command add_restart(CommandLine& line);
Command add_info(CommandLine& line);
Command add_monitor(CommandLine& line);
Command add_option_bytes(CommandLine& line);
Command add_guard(CommandLine& line);
Command add_unlock(CommandLine& line);
Command add_convert(CommandLine& line);
Command add_doctor(CommandLine& line);
Command add_profiles(CommandLine& line);
Command add_chips(CommandLine& line);
Command add_dfu_util(CommandLine& line);
Command add_shims(CommandLine& line);

/// The whole command line, declared: the options of every command, and the commands.
struct Declared {
  Declared();

  CommandLine line;
  GlobalOptions options;
  SettingsOptions settings;
  std::vector<Command> commands;
};

}  // namespace stm32boot
