// SPDX-License-Identifier: GPL-3.0-or-later
// Erasing flash, whole or in part, and proving that it is empty.
#pragma once

#include <variant>

#include "sysboot/flash.hpp"

namespace sysboot {

struct EraseAll {};

/// Sectors by number, from 0, as the reference manuals count them; each from first to last.
struct EraseSectors {
  struct Run {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  std::vector<Run> runs;
};

struct EraseRange {
  std::uint32_t address = 0;
  std::uint64_t length = 0;
};

using EraseRequest = std::variant<EraseAll, EraseSectors, EraseRange>;

/// Errors: usage, for a request that fits no device: no sectors, a first one behind the last, a
/// length of 0, or a range with its end beyond 32 bits.
void check_request(const EraseRequest& request);

struct EraseOptions {
  EnterOptions enter;
  RunOptions run;
  bool stay = false;   ///< in DFU mode, even when the application was running
  bool verify = true;  ///< ROMs ignore erasing a write-protected sector without a word (AN3156)
  bool x32 = false;    ///< as FlashOptions::x32
};

/// Errors: usage, for options that fit no board, as check_options(FlashOptions).
void check_options(const EraseOptions& options);

struct EraseResult {
  EnterResult entered;
  std::vector<Sector> sectors;
  std::uint64_t bytes = 0;
  /// What a reset starts is gone: the first words of flash, or what its reset vector points to.
  bool takes_program = false;
  bool is_guarded = false;       ///< guard is there, and was left alone
  std::optional<RunResult> run;  ///< as in Visit; none where the program is gone
  Duration took{};

  /// That of `run`; none without.
  [[nodiscard]] std::optional<Error> problem() const;
};

/// Erases, and starts an application that was running before, unless its first words or its entry
/// are gone; how far it reaches beyond these is not known. What a device erases beside that,
/// because its unit of erasing is larger than its layout says, is not seen. Errors: those of
/// find_board and enter; device errors (flash.hpp); guarded, for guard's sector; usage, for a
/// sector that is not there, a range that does not begin and end with a sector (erasing would take
/// more than was asked for), and for memory that cannot be erased, all of which leave the board as
/// it was found; mismatch, naming the first byte that is not 0xFF; interrupted.
[[nodiscard]] EraseResult erase(const Job& job, const Selector& selector,
                                const EraseRequest& request, const EraseOptions& options);

}  // namespace sysboot
