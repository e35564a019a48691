// SPDX-License-Identifier: GPL-3.0-or-later
// One of several boards, and what came of the work on it.
#pragma once

#include <functional>

#include "output/command_result.hpp"
#include "sysboot/several.hpp"

namespace stm32boot {

/// What a command does to a board, and what it says of it. Called in a thread of its own for each
/// of several boards, so it must only read what they share. Error: any.
using BoardWork =
    std::function<CommandResult(const sysboot::Job& job, const sysboot::Selector& board)>;

struct Row {
  std::string name;
  CommandResult outcome;
  sysboot::Duration took{};
};

/// What goes wrong is in the row.
Row work_on(const sysboot::NamedBoard& board, const sysboot::Job& job, const BoardWork& work);
/// What programs are told of it.
Facts facts_of(const Row& row, const std::string& command);
std::string first_line(const std::string& text);

}  // namespace stm32boot
