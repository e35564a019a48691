// SPDX-License-Identifier: GPL-3.0-or-later
// Is this a program that can be loaded into RAM, and what of it goes there?
#pragma once

#include "sysboot/image.hpp"

namespace sysboot {

/// check_ram_program of sysboot/ram.hpp.
void require_ram_program(const Image& image, bool force);

/// As it is sent: in whole words, as RAM is written; what is between and beside the image's bytes
/// in them is 0. In order of address; they neither overlap nor touch.
std::vector<Segment> ram_words(const Image& image);

/// Where the file says that it starts, if its vector table says otherwise: a sentence.
std::optional<std::string> entry_problem(const Image& image);

}  // namespace sysboot
