// SPDX-License-Identifier: GPL-3.0-or-later
// How a command ended: for people, for programs, and for the shell.
#pragma once

#include <optional>

#include "error_table.hpp"
#include "facts_value.hpp"
#include "sysboot/board.hpp"
#include "sysboot/error.hpp"
#include "terminal.hpp"

namespace stm32boot {

struct CommandResult {
  std::string command;
  std::string text;   ///< for people, on standard output; may have several lines, or none
  Marks marks = {};   ///< of the text
  std::string brief;  ///< for people, in a table of several boards
  std::vector<std::string> remarks;  ///< beside the result; for people, on standard error
  Facts facts;                       ///< for programs
  std::optional<sysboot::Error> problem;
  std::optional<sysboot::Board> application;  ///< the one board that runs it now

  int code() const { return problem ? exit_code(problem->code()) : exit_ok; }
};

}  // namespace stm32boot
