// SPDX-License-Identifier: GPL-3.0-or-later
// Comparing image bytes with flash.
#pragma once

#include <functional>

#include "flash_reader.hpp"
#include "plan/plan.hpp"
#include "sysboot/inspect.hpp"

namespace sysboot {

using CountBytes = std::function<void(std::uint64_t)>;

/// Reads up to the first byte of the piece that is not as it should be, `chunk` bytes at a time;
/// `count` hears of each chunk that was right.
std::optional<Difference> first_difference(const Job& job, FlashReader& reader, const Piece& piece,
                                           std::uint32_t chunk, const CountBytes& count = {});

}  // namespace sysboot
