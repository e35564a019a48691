// SPDX-License-Identifier: GPL-3.0-or-later
// Files: their names as text, and writing one so that it is there as a whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sysboot/types.hpp"

namespace sysboot {

// Text is UTF-8 everywhere in this library; std::filesystem takes it for something else on Windows.
[[nodiscard]] std::filesystem::path to_path(std::string_view utf8);
[[nodiscard]] std::string to_text(const std::filesystem::path& path);

/// What was there before is replaced at the end, and keeps its permissions; of a symbolic link,
/// what it points to. Error: cannot_write_output, also for what exists and is no regular file.
void write_file(const std::filesystem::path& file, ByteView content);

/// To be asked before a board is made to work for it. Makes a file beside it and removes that
/// again; what is there stays as it is. Error: as from write_file.
void require_writable(const std::filesystem::path& file);

}  // namespace sysboot
