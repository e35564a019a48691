// SPDX-License-Identifier: GPL-3.0-or-later
// Names of files as text. Text is UTF-8 everywhere in this library; std::filesystem takes it for
// something else on Windows.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sysboot {

std::filesystem::path to_path(std::string_view utf8);
std::string to_text(const std::filesystem::path& path);

}  // namespace sysboot
