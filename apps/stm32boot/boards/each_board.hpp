// SPDX-License-Identifier: GPL-3.0-or-later
// A production bench: the same work for each board that is plugged in.
#pragma once

#include "on_boards.hpp"

namespace stm32boot {

/// --each, --report, --bell
struct EachFlags {
  bool each = false;
  std::string report;
  bool bell = false;

  void add_to(OptionList command);
};

/// Does it until `boards.count` have passed, or the user has had enough; only at the USB ports that
/// are named. `about` is what results say of what is flashed. The outcome has as its problem that
/// some failed, and did not pass later: with the code of the first of them, or interrupted, if any
/// was. Errors: usage, where boards are named otherwise; cannot_write_output, at once where the
/// report cannot be written.
CommandResult on_each_board(Context& context, const EachFlags& flags, const BoardsOptions& boards,
                            const sysboot::EnterOptions& enter, const Facts& about,
                            const BoardWork& work);

}  // namespace stm32boot
