// SPDX-License-Identifier: GPL-3.0-or-later
// Erasing flash, whole or in part, and proving that it is empty.
#pragma once

#include "sysboot/erase_plan.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

struct EraseOptions {
  EnterOptions enter;
  bool verify = true;  ///< ROMs ignore erasing a write-protected sector without a word (AN3156)
  bool x32 = false;    ///< as FlashOptions::x32
};

/// Errors: usage, for options that fit no board, as check_options(FlashOptions).
void check_options(const EraseOptions& options);

struct EraseResult {
  EnterResult entered;
  std::vector<Sector> sectors;
  std::uint64_t bytes = 0;
  bool takes_program = false;  ///< the start of flash is gone, and with it what a reset starts
  Duration took{};
};

/// Brings the board into DFU mode, where it stays, and erases. What a device erases beside that,
/// because its unit of erasing is larger than its layout says, is not seen. What plan_erase refuses
/// leaves it as it was found. Errors: those of find_board, enter, DfuseSession, plan_erase;
/// mismatch, naming the first byte that is not 0xFF; interrupted.
EraseResult erase(const Job& job, const Selector& selector, const EraseRequest& request,
                  const EraseOptions& options);

}  // namespace sysboot
