// SPDX-License-Identifier: GPL-3.0-or-later
// guard's header and the application's stamp, as they are in vector tables.
#pragma once

#include "sysboot/guard.hpp"

namespace sysboot {

/// A vector table up to the end of the four words that guard and its stamp use.
inline constexpr std::uint32_t guard_words_end = 0x2C;

/// In the first guard_words_end bytes of flash.
std::optional<Guard> guard_at(ByteView vectors);

/// What these words of an application say, whether it is true or not.
struct StampWords {
  bool is_there = false;
  std::uint32_t length = 0;  ///< bytes from the vector table on
  bool asks_confirm = false;
};
/// Of guard_words_end bytes at least.
StampWords stamp_in(ByteView vectors);
/// Of the application from its vector table on; wrong where that is shorter than the stamp says.
Stamp judge_stamp(ByteView application);

/// Does this begin with a stack pointer and a reset vector above guard? 8 bytes at least.
bool begins_application(ByteView words);

/// The part of the image from guarded_application on that follows without a gap; empty for none.
ByteView application_in(const Image& image);

/// Where a raw binary goes that nobody named an address for.
Image moved_to(Image image, std::uint32_t address);

}  // namespace sysboot
