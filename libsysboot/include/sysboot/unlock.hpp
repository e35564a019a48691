// SPDX-License-Identifier: GPL-3.0-or-later
// Read Unprotect: gives a read-protected chip back its flash, empty.
#pragma once

#include <functional>

#include "sysboot/flash.hpp"

namespace sysboot {

/// What unlocking would erase.
struct UnlockLoss {
  Board board;
  MemoryLayout flash;
};

struct UnlockOptions {
  VisitOptions visit;
  /// Asked once it is certain that the chip is protected, before anything is lost.
  std::function<bool(const UnlockLoss&)> confirm;
  /// How long the board may take to come back. Flash is empty: only a ROM that looks for that, or a
  /// held BOOT0, brings it back by itself.
  Duration back_within = std::chrono::seconds(3);
};

struct UnlockResult {
  EnterResult entered;
  bool was_protected = false;
  bool unlocked = false;         ///< proved: in DFU mode again, readable, and empty
  std::optional<Board> board;    ///< as it came back, in DFU mode; none when nothing was unlocked
  std::uint64_t bytes_read = 0;  ///< and found erased: all of flash that can be read
  std::optional<RunResult> run;  ///< nothing was unlocked: the application is started again
  Duration took{};

  /// That of `run`; none without.
  [[nodiscard]] std::optional<Error> problem() const;
};

/// Errors: those of find_board and enter; device errors; protocol, when the device refuses, is
/// still protected, or is not empty; read_protected, when its application comes back, which shows
/// that nothing was erased; not_proved, when nothing comes back: an F4 whose flash is empty hangs,
/// unless BOOT0 is held; board_gone, when another board comes back.
[[nodiscard]] UnlockResult unlock(const Job& job, const Selector& selector,
                                  const UnlockOptions& options);

}  // namespace sysboot
