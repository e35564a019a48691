// SPDX-License-Identifier: GPL-3.0-or-later
// Boards that run other people's firmware, known bad builds included: ids, consoles, loaders.
#pragma once

#include "sysboot/virtual/board.hpp"

namespace sysboot::virtual_bench {

/// A board that runs this firmware, such as "betaflight" or "tinysa-ultra". Error: usage, naming
/// all there are.
BoardSettings board_with(std::string_view firmware);

std::vector<std::string> firmware_names();

/// The console of a firmware from that list; none for those that have none.
std::unique_ptr<Console> make_console(std::string_view firmware);

}  // namespace sysboot::virtual_bench
