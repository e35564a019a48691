// SPDX-License-Identifier: GPL-3.0-or-later
// What to do about an error. All hints are here and nowhere else.
#pragma once

#include <string>
#include <vector>

#include "sysboot/error.hpp"

namespace stm32boot {

/// Lines to print under the error; empty where its text says it all.
std::vector<std::string> hints(sysboot::Errc code);

}  // namespace stm32boot
