// SPDX-License-Identifier: GPL-3.0-or-later
// Story: load a program into RAM and start it there. Flash is not touched, and what is in it is
// back with the next reset.
#pragma once

#include "sysboot/flash.hpp"
#include "sysboot/image.hpp"

namespace sysboot {

/// Throws what speaks against it, whatever the board. Errors: image_does_not_fit, for what is not
/// in RAM, with the remedy "flash" where some of it is for internal flash; usage, for a raw binary
/// at flash_base, where nobody put it, that is linked for RAM, with its name as the remedy; unless
/// forced bad_image: the image has to begin with a vector table, at a multiple of 512, with the
/// stack pointer in RAM and the reset vector inside the image.
void check_ram_program(const Image& image, bool force);

struct RamRunOptions {
  EnterOptions enter;
  RunOptions run;  ///< force: start what does not look like a program for this board, too
};

struct RamRun {
  EnterResult entered;
  std::uint32_t address = 0;  ///< where the image begins, and with it its vector table
  std::uint64_t bytes = 0;    ///< of the image, all of which were read back and found right
  int restarts = 0;           ///< after transient USB errors
  RunResult run;
  Duration took{};

  /// That of `run`.
  [[nodiscard]] std::optional<Error> problem() const { return run.problem(); }
};

/// Enters, writes the image to RAM, reads all of it back, leaves to its vector table, and waits for
/// the application. Only where it is known that the chip's ROM takes programs into RAM, and only
/// into what it does not need for itself: of STM32F2, F4 and F7 parts. Chips that cannot be told
/// apart get what each of them takes. When the application does not come back, that is in the
/// result, not an error. Errors: those of check_ram_program, find_board and enter; device errors;
/// image_does_not_fit, for RAM that the chip has not, or its ROM uses, and where nothing is known
/// of the chip; made_for_another, unless forced; mismatch, with both values; interrupted, with the
/// board still in DFU mode. After any other error, up to the leave, a board whose application was
/// stopped gets it back.
[[nodiscard]] RamRun run_in_ram(const Job& job, const Selector& selector, const Image& image,
                                const RamRunOptions& options);

/// What run_in_ram would do. The board is asked and left as it was found. Where there is none, or
/// it must not be rebooted (EnterOptions::may_reboot), an STM32F411xE is assumed.
struct RamDryRun {
  std::optional<Board> board;  ///< as it was found
  std::optional<Visit> visit;  ///< none where the chip is assumed
};
[[nodiscard]] RamDryRun dry_run_in_ram(const Job& job, const Selector& selector, const Image& image,
                                       const RamRunOptions& options);

}  // namespace sysboot
