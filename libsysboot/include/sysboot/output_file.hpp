// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a file can be written, to be asked before a board is made to work for it.
#pragma once

#include <filesystem>

namespace sysboot {

/// Makes a file beside it and removes that again; what is there stays as it is.
/// Error: cannot_write_output, as from save_image.
void require_writable(const std::filesystem::path& file);

}  // namespace sysboot
