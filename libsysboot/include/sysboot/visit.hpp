// SPDX-License-Identifier: GPL-3.0-or-later
// What stories that only look at a board have in common: they leave it as they found it.
#pragma once

#include "sysboot/flash.hpp"

namespace sysboot {

struct VisitOptions {
  EnterOptions enter;
  RunOptions run;
  bool stay = false;  ///< in DFU mode, even when the application was running
};

/// Errors: usage, for options that fit no board, as check_options(FlashOptions).
void check_options(const VisitOptions& options);

struct Visit {
  EnterResult entered;
  /// Set when the application was running before: how it came up again. None with stay, when the
  /// board was in DFU mode already, and where there is no program at the start of flash.
  std::optional<RunResult> run;
  Duration took{};
};

}  // namespace sysboot
