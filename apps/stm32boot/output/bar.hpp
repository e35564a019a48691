// SPDX-License-Identifier: GPL-3.0-or-later
// What a progress bar shows.
#pragma once

#include <cstdint>
#include <string>

#include "sysboot/types.hpp"

namespace stm32boot {

/// "[####......]  40 %  12.0 KiB of 30.0 KiB  53.0 KiB/s, 2 s left", no longer than `width` if that
/// can be. Rate and time left come after the first half second.
std::string bar_text(std::uint64_t done, std::uint64_t total, sysboot::Duration elapsed,
                     std::size_t width);

}  // namespace stm32boot
