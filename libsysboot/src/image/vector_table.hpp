// SPDX-License-Identifier: GPL-3.0-or-later
// The vector table that a program begins with.
#pragma once

#include "sysboot/image.hpp"

namespace sysboot {

/// The first two words of a Cortex-M image (ARMv7-M ARM, B1.5.3).
struct VectorTable {
  std::uint32_t initial_sp = 0;
  std::uint32_t reset = 0;
};

/// The vector table at the start of the image; none when it is shorter than two words.
std::optional<VectorTable> vector_table(const Image& image);

/// What keeps the image from being a program that a Cortex-M could start, or nothing. Checks that
/// the initial stack pointer lies in RAM, and that the reset vector is odd (Thumb) and inside the
/// image.
std::optional<std::string> vector_table_problem(const Image& image);

}  // namespace sysboot
