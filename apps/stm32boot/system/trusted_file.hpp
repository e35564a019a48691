// SPDX-License-Identifier: GPL-3.0-or-later
// Who may have written a file that nobody named.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stm32boot {

/// "it belongs to user bob", "its folder belongs to user bob", "everybody may write to it": when it
/// may be the work of others than this user and root. With sudo, the user who called it counts as
/// this user. Access lists are not looked at, and on Windows nothing is.
std::optional<std::string> work_of_others(const std::filesystem::path& file);

}  // namespace stm32boot
