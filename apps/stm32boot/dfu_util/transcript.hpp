// SPDX-License-Identifier: GPL-3.0-or-later
// What dfu-util says on standard output, as far as programs are known to read it. What we have to
// say besides goes to standard error.
#pragma once

#include "sysboot/job.hpp"

namespace stm32boot::dfu_util {

/// dfu-util 0.11's first line, and who we are.
std::string banner();

/// Every function writes at once, terminal or not. Whoever reads may go away, or his disk be full:
/// the work on a board goes on.
class Transcript {
 public:
  void line(const std::string& text);  ///< without terminal controls

  /// Draws the bars of erasing, writing and reading. Writing ends with downloaded() alone.
  void event(const sysboot::Event& event);
  /// An image of so many bytes is in flash, and was read back.
  void downloaded(std::uint64_t bytes);
  /// So many bytes of memory were read into a file.
  void uploaded(std::uint64_t bytes);
  /// Leaves the bar's line, if there is one, before something is written to standard error.
  void break_line();
  /// Something was not written, and there is still somebody to miss it.
  bool is_incomplete() const { return is_incomplete_; }

 private:
  void put(const std::string& text);
  void draw(const std::string& name, std::uint64_t done, std::uint64_t total);
  void end(const std::string& name, std::uint64_t bytes);

  std::uint64_t total_ = 0;  // of the stage at work
  std::string name_;         // of the bar on the last line; empty when that has ended
  int percent_ = -1;         // that it shows
  bool has_erased_ = false;
  bool is_incomplete_ = false;
};

}  // namespace stm32boot::dfu_util
