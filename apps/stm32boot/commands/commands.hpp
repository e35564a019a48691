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

Command add_list(CLI::App& app);
Command add_enter(CLI::App& app);
Command add_flash(CLI::App& app);
Command add_verify(CLI::App& app);
Command add_read(CLI::App& app);
Command add_erase(CLI::App& app);
Command add_run(CLI::App& app);
Command add_info(CLI::App& app);
Command add_option_bytes(CLI::App& app);
Command add_unlock(CLI::App& app);
Command add_convert(CLI::App& app);
Command add_doctor(CLI::App& app);
Command add_profiles(CLI::App& app);

std::vector<Command> add_commands(CLI::App& app);

}  // namespace stm32boot
