// SPDX-License-Identifier: GPL-3.0-or-later
// The options that stand before or after any command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "output/terminal.hpp"

namespace stm32boot {

struct GlobalOptions {
  std::string command;       ///< that was given
  std::string virtual_file;  ///< CommandLine::no_value when --virtual has no file; or a number
  std::string virtual_speed;
  std::vector<std::string> virtual_boards;
  bool json = false;
  bool quiet = false;
  int verbosity = 0;
  std::string progress = "auto";
  std::string color = "auto";

  void add_to(OptionList program);
  /// How many boards --virtual=N asks for.
  std::optional<std::size_t> virtual_count() const;
  bool is_virtual() const { return !virtual_file.empty() || !virtual_boards.empty(); }
  /// What can be told from words that make no sense.
  void guess_from(const std::vector<std::string>& words);
};

/// For "auto", "always" and "never".
When when(const std::string& word);

}  // namespace stm32boot
