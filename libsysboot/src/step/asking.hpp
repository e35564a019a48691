// SPDX-License-Identifier: GPL-3.0-or-later
// Asking one board to reboot into its bootloader, in one way after the other.
#pragma once

#include "steps.hpp"
#include "trigger/fire.hpp"

namespace sysboot {

class Asking {
 public:
  Asking(const Job& job, const Board& board, const EnterOptions& options);

  /// One way until it works, is ignored, loses the board or has bounced too often. True when it
  /// was ignored, so that the next one may be tried. Error: what kept it from being sent again
  /// after a bounce.
  bool ask(const Way& way);

  /// What came of all of them. Error: what kept the first from being sent, if none could be.
  Entered end();

 private:
  Outcome ask_until_settled(const Way& way);
  std::optional<Reply> fire_within(Duration within, const Way& way, const Board& board);
  std::optional<Reply> fire_once(const Way& way, const Board& board);
  void keep(const Way& way, const Reply& reply);

  const Job& job_;
  const EnterOptions& options_;
  EnterResult result_;
  Locks locks_;
  std::optional<Error> first_error_;
};

}  // namespace sysboot
