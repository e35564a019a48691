// SPDX-License-Identifier: GPL-3.0-or-later
// Putting guard on a board, replacing it, and taking it off.
#pragma once

#include <functional>

#include "sysboot/device.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

/// What is about to happen to the first sector of a board. From its erase until its last word is
/// written nothing starts the board but BOOT0.
struct GuardChange {
  Board board;  ///< in DFU mode
  ChipGuess chip;
  std::optional<Guard> from;  ///< that is there
  std::optional<Guard> to;    ///< that comes; none when it is taken off
  bool has_program = false;   ///< one comes with it that will start
};

struct GuardOptions {
  FlashOptions flash;
  /// Hears of it before anything is changed; what it throws ends the story, and the board gets its
  /// application back.
  std::function<void(const GuardChange&)> before;
};

/// The image of guard for a chip. Throws where there is none.
using GuardFor = std::function<Image(const ChipGuess&)>;

/// guard first, then the application under its protection; the same guard is left alone. Without an
/// application the one that is there stays. Errors: those of flash(); bad_image, for an image that
/// is no guard or more than that; guarded, for an application that is not linked to be behind it,
/// and for another guard that option bytes protect.
[[nodiscard]] FlashResult install_guard(const Job& job, const Selector& selector,
                                        const GuardFor& guard_for, const Image* application,
                                        const GuardOptions& options);

/// Writes a program that is linked for flash_base, the first sector last: until then guard starts
/// the ROM if power fails. Without guard, as after such a failure, it is flashed as by flash().
/// Errors: those of flash(); guarded, for a guard that option bytes protect.
[[nodiscard]] FlashResult replace_guard(const Job& job, const Selector& selector,
                                        const Image& program, const GuardOptions& options);

/// By option bytes, so that no tool can overwrite guard, nor this library before the protection is
/// taken back. Nothing is written where it is so already. Errors: those of write_option_bytes;
/// usage, where it is not known which bit that is on this chip.
void protect_guard(const Job& job, const Selector& selector, bool is_to_be_protected,
                   const VisitOptions& options);

struct GuardReport {
  Visit visit;
  std::optional<GuardStatus> guard;  ///< none without guard
  /// By option bytes: the first sector; none where they cannot be read or are not understood.
  std::optional<bool> is_protected;
};
/// Leaves the board as it was found. Errors: those of find_board and enter; device errors.
[[nodiscard]] GuardReport look_at_guard(const Job& job, const Selector& selector,
                                        const VisitOptions& options);

}  // namespace sysboot
