// SPDX-License-Identifier: GPL-3.0-or-later
// Standard error: plain lines, colours where they are welcome, and one progress bar at the bottom.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace stm32boot {

enum class When { automatic, always, never };

enum class Style { plain, bold, good, warning, error, faint };

class Terminal {
 public:
  /// automatic means: when standard error is a terminal that can do it; colours also heed NO_COLOR.
  Terminal(When color, When progress);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  bool draws_bars() const { return bars_; }
  std::string paint(Style style, std::string_view text) const;
  /// A whole line. The bar, if there is one, stays below it.
  void line(std::string_view text);
  /// Replaces the bar; drawn at most every 50 ms.
  void bar(std::string text);
  void clear_bar();

 private:
  void put(std::string_view text);
  void draw();

  bool colors_;
  bool bars_;
  std::size_t width_;
  std::string bar_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_drawn_{};
};

/// Standard output, for results. Error: cannot_write_output, once, on the first write that fails.
void write_result(std::string_view line);

/// Makes sure that the numbers 0 to 2 are taken, so that no device is ever opened as standard
/// output. False when standard output was closed.
bool reserve_standard_streams();

}  // namespace stm32boot
