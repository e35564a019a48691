// SPDX-License-Identifier: GPL-3.0-or-later
// The options that stand before or after any command.
#pragma once

#include <string>
#include <vector>

#include "boards/virtual_bench.hpp"
#include "option_list.hpp"
#include "output/terminal.hpp"

namespace stm32boot {

struct GlobalOptions {
  std::string command;                ///< that was given
  MakeBoard make_board = make_model;  ///< for --virtual
  std::string virtual_file;           ///< "true" when --virtual has no file
  std::vector<std::string> virtual_boards;
  bool json = false;
  bool quiet = false;
  int verbosity = 0;
  When color = When::automatic;
  When progress = When::automatic;

  /// What CLI11 takes a flag without a value for: --virtual without a file.
  static constexpr const char* no_file = "true";

  void add_to(CLI::App& app);
  bool is_virtual() const { return !virtual_file.empty() || !virtual_boards.empty(); }
  /// What can be told from words that make no sense.
  void guess_from(const std::vector<std::string>& words);
};

}  // namespace stm32boot
