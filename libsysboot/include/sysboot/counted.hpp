// SPDX-License-Identifier: GPL-3.0-or-later
// How many of something there are, in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sysboot {

/// "1 sector", "0 sectors", "12 sectors"; `what` is one of them.
std::string counted(std::uint64_t count, std::string_view what);

}  // namespace sysboot
