// SPDX-License-Identifier: GPL-3.0-or-later
// What to do about an error. All hints are here and nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sysboot/error.hpp"

namespace stm32boot {

/// Lines to print under the error that this command ended with; empty where its text says it all.
/// Without a command, those that help after any.
std::vector<std::string> hints(const sysboot::Error& error, std::string_view command);

}  // namespace stm32boot
