// SPDX-License-Identifier: GPL-3.0-or-later
// What every command that reads an image does with it, whatever its format.
#pragma once

#include "context.hpp"
#include "sysboot/image.hpp"

namespace stm32boot {

/// Which kinds of files are read: ".bin, .hex, …".
std::string image_extensions();

/// Loads an image for flashing and warns of what in it is not for internal flash.
/// Errors: those of load_image.
sysboot::Image load_for_flash(Context& context, const std::string& file,
                              std::optional<std::uint32_t> address);

/// "16 bytes for alternate setting 1 (Option Bytes)"
std::string describe(const sysboot::AlternateTarget& target);

nlohmann::ordered_json to_json(const std::vector<sysboot::Segment>& segments);
nlohmann::ordered_json to_json(const sysboot::AlternateTarget& target);

}  // namespace stm32boot
