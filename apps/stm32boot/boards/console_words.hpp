// SPDX-License-Identifier: GPL-3.0-or-later
// What a board says on its console: shown, kept in a file, and searched for what is waited for.
#pragma once

#include <fstream>

#include "output/renderer.hpp"
#include "sysboot/types.hpp"

namespace stm32boot {

struct ConsoleOptions {
  bool timestamps = false;  ///< local time in front of each line
  std::string log = {};     ///< file that all of it is added to, as it is shown; empty for none
  std::string until = {};   ///< what is waited for, with C escapes; empty for nothing
};

class ConsoleWords {
 public:
  /// Errors: cannot_write_output, for the log; usage, for an unknown escape.
  ConsoleWords(Renderer& renderer, const ConsoleOptions& options);

  /// Nothing is a pause. Error: cannot_write_output.
  void add(const sysboot::Bytes& said);
  /// Shows what the board has begun to say.
  /// Error: cannot_write_output.
  void pass_on();
  /// What comes now has nothing to do with what came before. Error: cannot_write_output.
  void cut();
  /// What was said so far does not count as what is waited for.
  void forget();

  bool has_heard() const { return has_heard_; }
  std::uint64_t bytes() const { return bytes_; }
  /// The last line that says something, safe for a terminal; its end if it is long.
  std::string last_line() const;

 private:
  void search(const sysboot::Bytes& said);
  void show(const ConsoleText& text);
  void write_log(const ConsoleText& text);

  Renderer& renderer_;
  ConsoleOptions options_;
  std::string wanted_;
  std::ofstream log_;
  ConsoleText held_;  // back until its line ends
  bool at_line_start_ = true;
  std::string tail_;  // what `wanted_` may have begun in
  bool has_heard_ = false;
  std::uint64_t bytes_ = 0;
  std::string line_;
  std::string last_line_;
};

}  // namespace stm32boot
