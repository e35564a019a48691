// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware images: bytes and where they go.
#pragma once

#include <filesystem>
#include <optional>

#include "sysboot/types.hpp"

namespace sysboot {

/// Where STM32 internal flash starts on every line (AN2606, memory maps).
inline constexpr std::uint32_t flash_base = 0x08000000;

struct Segment {
  std::uint32_t address = 0;
  Bytes data;  ///< never empty

  std::uint64_t end() const { return std::uint64_t{address} + data.size(); }
};

struct Image {
  std::string name;               ///< file name without its folder
  std::string format;             ///< "bin"
  std::vector<Segment> segments;  ///< never empty, in order of address, not overlapping
  /// The device this file says it was made for (DFU suffix); 0xFFFF means any.
  std::optional<std::pair<std::uint16_t, std::uint16_t>> made_for;

  std::uint64_t size() const;  ///< bytes of data, gaps not counted
  std::uint32_t start() const { return segments.front().address; }
};

/// The first two words of a Cortex-M image (ARMv7-M ARM, B1.5.3).
struct VectorTable {
  std::uint32_t initial_sp = 0;
  std::uint32_t reset = 0;
};

/// Loads a file, recognised by its content. `address` is where a raw binary goes (flash_base when
/// not given); formats that carry addresses refuse it. Errors: no_input (missing, unreadable, a
/// directory), bad_image (empty, larger than 64 MiB, a broken DFU suffix), usage (an address that
/// is not a multiple of 4 or runs past 32 bits).
Image load_image(const std::filesystem::path& file, std::optional<std::uint32_t> address = {});

/// The vector table at the start of the image; none when it is shorter than two words.
std::optional<VectorTable> vector_table(const Image& image);

/// What keeps the image from being a program that a Cortex-M could start, or nothing. Checks that
/// the initial stack pointer lies in RAM, and that the reset vector is odd (Thumb) and inside the
/// image.
std::optional<std::string> vector_table_problem(const Image& image);

}  // namespace sysboot
