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

/// What the address and the first two words of the image say against a program that begins with a
/// vector table: one that is aligned so, with the stack in RAM, and an odd reset vector (Thumb).
std::optional<std::string> first_words_problem(const Image& image, std::uint32_t alignment);

/// Is this address in the image, under whatever name of flash it goes by?
bool is_inside(const Image& image, std::uint32_t address);

/// What keeps the image from being a program that a Cortex-M could start, or nothing. Checks that
/// the initial stack pointer lies in RAM, and that the reset vector is odd (Thumb) and inside the
/// image.
std::optional<std::string> vector_table_problem(const Image& image);

}  // namespace sysboot
