// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware images in files.
#pragma once

#include <filesystem>

#include "sysboot/image.hpp"

namespace sysboot {

/// parse_image for a file, unless its name announces another format.
/// Errors: no_input (missing, unreadable, a directory); bad_image (empty, larger than 64 MiB, no
/// firmware, and all that breaks the rules of the format, naming the line or byte and both values);
/// usage (an address that is not a multiple of 4 or runs past 32 bits, or is given for a format
/// that carries addresses).
[[nodiscard]] Image load_image(const std::filesystem::path& file,
                               std::optional<std::uint32_t> address = {});

/// The format that goes with the extension of a file name; none when it is no known one.
[[nodiscard]] std::optional<std::string_view> image_format_of(const std::filesystem::path& file);

/// Writes what encode_image makes of it to a file, all of it or nothing: what was there before is
/// replaced at the end. Errors: those of encode_image; cannot_write_output, also for what exists
/// and is no regular file.
void save_image(const std::filesystem::path& file, const Image& image, std::string_view format);

}  // namespace sysboot
