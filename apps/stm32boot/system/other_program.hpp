// SPDX-License-Identifier: GPL-3.0-or-later
// Programs beside this one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stm32boot {

/// The file that this program was started from, links followed; none where the system does not
/// tell.
std::optional<std::filesystem::path> own_program();

/// May it be run? Follows links.
bool is_program(const std::filesystem::path& file);

/// Runs it in place of this one: with these words behind its name, the same streams and
/// environment. Comes back with its exit status on Windows, and nowhere else. Error: usage, when it
/// cannot be started.
int run_instead(const std::filesystem::path& program, const std::vector<std::string>& words);

/// Sets a variable of the environment for that.
void set_variable(const std::string& name, const std::string& value);

}  // namespace stm32boot
