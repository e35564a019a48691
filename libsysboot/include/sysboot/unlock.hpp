// SPDX-License-Identifier: GPL-3.0-or-later
// Read Unprotect: gives a read-protected chip back its flash, empty.
#pragma once

#include <functional>

#include "sysboot/visit.hpp"

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
  bool unlocked = false;
  /// What came back after unlocking; in DFU mode it was asked whether it is still protected. None
  /// when nothing came back: the device did reset, and that is all that can be known.
  std::optional<Board> board;
  std::optional<RunResult> run;  ///< nothing was unlocked: the application is started again
  Duration took{};
};

/// Errors: those of find_board, enter, DfuseSession; protocol, when the device refuses
/// or is still protected.
UnlockResult unlock(const Job& job, const Selector& selector, const UnlockOptions& options);

}  // namespace sysboot
