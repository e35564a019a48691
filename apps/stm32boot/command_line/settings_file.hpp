// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot.toml and config.toml: where they are looked for, and what their lines say.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stm32boot {

/// What an option is to be, and who says so.
struct Setting {
  std::string command;  ///< the only one it is for; empty: each that has the option
  std::string key;      ///< the option's long name without its dashes
  std::vector<std::string> values;
  std::string source;  ///< "stm32boot.toml:3" or "STM32BOOT_PORT"
};

/// The stm32boot.toml that there are: in the image's folder; in the working directory; and where
/// that is in a project, in the folders above it up to the one that has .git. Outside of projects
/// nothing above the working directory is looked at, because others may write there.
std::vector<std::filesystem::path> find_settings_files(const std::filesystem::path& image);

/// This user's own: $XDG_CONFIG_HOME/stm32boot/config.toml, or ~/.config/stm32boot/config.toml
/// (%APPDATA%\stm32boot\config.toml on Windows); none where nothing says where it would be.
std::optional<std::filesystem::path> own_settings_file();

/// TOML 1.0: `KEY = VALUE` lines, below `[COMMAND]` for one command only. A value is a string, a
/// number, true or false, or an array of them. Up to 64 KiB.
/// Errors: no_input; usage, with the line.
std::vector<Setting> read_settings_file(const std::filesystem::path& file);

}  // namespace stm32boot
