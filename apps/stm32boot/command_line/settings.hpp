// SPDX-License-Identifier: GPL-3.0-or-later
// What options are when the command line leaves them open: variables of the environment come first,
// then a settings file of the project, or one that is named, then the user's own. In a file, what
// is said for one command comes before what is said for all.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"
#include "sysboot/job.hpp"

namespace stm32boot {

struct SettingsOptions {
  std::string file;      ///< --config
  bool no_file = false;  ///< --no-config

  void add_to(OptionList program);
};

struct SettingApplied {
  std::string key;     ///< the option's long name without its dashes
  std::string value;   ///< several are joined by commas
  std::string source;  ///< "stm32boot.toml:3" or "STM32BOOT_PORT"
  bool is_from_file = false;
};

struct SettingsApplied {
  std::vector<SettingApplied> set;
  /// For people, whatever they asked for: each file that was used, with what it set; and each that
  /// was not read, because it may be the work of others, with the reason.
  std::vector<sysboot::Note> told;

  /// Who says --no-wait, when that is not the command line; empty when nobody does. Then an
  /// application that does not come back is no error.
  std::string no_wait_source;
};

/// After the command line has been parsed, to the command that it names.
///
/// CLI11 knows variables and files, too, but it lets a file overrule the environment, and it cannot
/// tell that --usb on the command line replaces a port in the file.
/// Errors: no_input, usage.
SettingsApplied apply_settings(const CommandLine& line, const SettingsOptions& options);

/// Whether a variable or a file sets --json, where what else they or the command line say makes no
/// sense: as far as that can be told.
bool is_json_set(const SettingsOptions& options);

}  // namespace stm32boot
