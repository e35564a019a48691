// SPDX-License-Identifier: GPL-3.0-or-later
// guard (firmware/guard): a first stage for good in the first sector of an STM32F2 or F4, which
// starts the application behind it if that is whole, and else the ROM bootloader.
#pragma once

#include "sysboot/error.hpp"
#include "sysboot/image.hpp"

namespace sysboot {

/// Where guard's application has its vector table: behind the first sector of 16 KiB
/// (firmware/guard/guard_image.h).
inline constexpr std::uint32_t guarded_application = 0x08004000;

/// What guard says of itself in its vector table (the same header).
struct Guard {
  std::uint32_t version = 0;
  /// Where it keeps its record: in RAM, or in RTC backup registers. sysboot in the application has
  /// to keep it there, too.
  std::uint32_t record = 0;

  bool operator==(const Guard&) const = default;
};

/// The guard that this image has at the start of flash.
[[nodiscard]] std::optional<Guard> guard_in(const Image& image);

/// Sixteen bytes in vectors 7 to 10 that no Cortex-M3 or M4 uses: length and CRC of the
/// application, by which guard knows that it is whole.
enum class Stamp {
  none,   ///< guard looks at stack pointer and reset vector only
  right,  ///< it fits the application
  wrong,  ///< it does not: guard starts the ROM
};

/// Puts the stamp into the application at guarded_application. It covers what follows the vector
/// table without a gap; a gap of less than 64 bytes, which linkers leave, is filled with 0xFF, and
/// so is what is missing to a multiple of 4. Of an image with parts it covers nothing of the
/// others, which may be data that the application changes. A stamp that fits stays; another one is
/// made anew. Returns why there can be none (bad_image), with the image as it was: nothing at that
/// address that begins with a vector table, or something of the application's own in these words.
[[nodiscard]] std::optional<Error> put_stamp(Image& image);

/// What guard finds on a board.
struct GuardStatus {
  Guard guard;
  std::optional<std::string>
      problem;  ///< why it starts the ROM; none when it starts the application
  Stamp stamp = Stamp::none;
  std::uint32_t stamped_bytes = 0;  ///< of the application, from its vector table on
  bool asks_confirm = false;        ///< wants to be kept from starting if it does not confirm
};

}  // namespace sysboot
