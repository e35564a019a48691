// SPDX-License-Identifier: GPL-3.0-or-later
// "-" in place of a file: standard input for an image, standard output for what is read.
#pragma once

#include "command_result.hpp"
#include "sysboot/image.hpp"

namespace stm32boot {

bool is_stream(const std::string& file);

/// Where the file is, from the root of the file system on; null for a stream.
Facts whole_path(const std::string& file);

/// A file; or standard input up to its end, which has no name that could say anything.
/// Errors: those of load_image.
sysboot::Image load_image_from(const std::string& file, std::optional<std::uint32_t> address);

/// To be asked before any work is done for it. Error: usage, where standard output is taken by
/// --json, or is a terminal and the format is no text.
void require_free_output(bool writes_json, std::string_view format);

/// The image alone; what is told of it goes to standard error. Error: cannot_write_output.
void put_out(const sysboot::Image& image, std::string_view format, CommandResult& outcome);

}  // namespace stm32boot
