// SPDX-License-Identifier: GPL-3.0-or-later
// One board or several: which ones, and the same work for each.
#pragma once

#include "board_row.hpp"
#include "command_line/option_groups.hpp"
#include "context.hpp"
#include "sysboot/enter.hpp"

namespace stm32boot {

/// SelectorOptions, and --all and --count for commands that have them.
struct BoardsOptions {
  SelectorOptions named;
  bool all = false;
  std::size_t count = 0;         ///< as many must be there; 0 for any number
  bool are_in_dfu_mode = false;  ///< --all means those; the others have nothing to do

  void add_to(OptionList command);
  void add_all_to(OptionList command, const std::string& help = {});
  /// A table of boards, even if there is only one in the end.
  bool are_several() const { return all || count > 0 || named.is_repeated(); }
};

/// Does it: to the one board that is meant, or to several at the same time. `enter` says how boards
/// are rebooted, which decides what "all" can be, and how long --count waits for them.
/// Of several boards, the outcome has a table of them, `boards` in its facts, and as its problem
/// that some failed: with the code of the first row that did, or interrupted, if any was.
CommandResult on_boards(Context& context, const BoardsOptions& boards,
                        const sysboot::EnterOptions& enter, const BoardWork& work);

}  // namespace stm32boot
