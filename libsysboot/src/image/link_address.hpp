// SPDX-License-Identifier: GPL-3.0-or-later
// For which address a program is linked, which its reset vector alone does not tell.
#pragma once

#include "sysboot/image.hpp"

namespace sysboot {

/// The address in flash for which the program in this image is linked: the one at which its vectors
/// point at beginnings of functions, most of them at the same default handler, a branch to itself.
/// None where that is not clear: an image without a vector table, with too few handlers, or with
/// two addresses that fit. Looks at every multiple of 512 bytes and at the address where it goes.
///
/// Flash has the address that it has on every line, 0x08000000 and up, also for programs that are
/// linked for where some lines show it a second time: 0x00200000 on the F7 (RM0410 section 3.3),
/// and 0x0C000000 for secure code on L5, U5 and H5 (RM0456 section 2.3).
std::optional<std::uint32_t> link_address(const Image& image);

}  // namespace sysboot
