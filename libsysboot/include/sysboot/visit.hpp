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

struct Visit {
  EnterResult entered;
  /// Set when the application was running before: how it came up again. None with stay, and when
  /// the board was in DFU mode already.
  std::optional<RunResult> run;
  Duration took{};
};

}  // namespace sysboot
