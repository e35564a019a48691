// SPDX-License-Identifier: GPL-3.0-or-later
// What options are when the command line leaves them open: variables of the environment come first,
// then a settings file, in which what is said for one command comes before what is said for all.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace stm32boot {

struct SettingsOptions {
  std::string file;      ///< --config
  bool no_file = false;  ///< --no-config

  void add_to(CLI::App& app);
};

/// What was set, for people: "port = /dev/ttyACM1 (stm32boot.toml:3)". The first line names the
/// file, if one was read.
using SettingsApplied = std::vector<std::string>;

/// After the command line has been parsed. `command` is the one that it names.
///
/// CLI11 knows variables and files, too, but it lets a file overrule the environment, and it cannot
/// tell that --usb on the command line replaces a port in the file.
/// Errors: no_input, usage.
SettingsApplied apply_settings(CLI::App& app, CLI::App& command, const SettingsOptions& options);

}  // namespace stm32boot
