// SPDX-License-Identifier: GPL-3.0-or-later
// fmt's implementation, compiled once: everything else reads <fmt/core.h> only. Its functions stay
// inline, so that they do not collide with those of a program that brings fmt itself.
#define FMT_HEADER_ONLY 1
#include <fmt/format.h>

namespace sysboot::fmt_implementation {

// What <fmt/core.h> only declares is emitted because its address is taken.
[[gnu::used]] std::string (*const vformat)(fmt::string_view, fmt::format_args) = &fmt::vformat;

}  // namespace sysboot::fmt_implementation
