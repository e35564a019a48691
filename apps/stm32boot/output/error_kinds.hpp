// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of error means, in words: for stm32boot-json(5).
#pragma once

#include <string_view>
#include <vector>

#include "sysboot/error.hpp"

namespace stm32boot {

/// Every kind there is, in order.
std::vector<sysboot::Errc> error_kinds();
/// A sentence without its full stop.
std::string_view meaning(sysboot::Errc kind);

}  // namespace stm32boot
