// SPDX-License-Identifier: GPL-3.0-or-later
// Standard error: plain lines, colours where they are welcome, and progress bars at the bottom.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

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

  bool draws_bars() const { return draws_bars_; }
  /// How many bars there is room for.
  std::size_t most_bars() const { return height_ - 1; }
  std::string paint(Style style, std::string_view text) const;
  /// A whole line. The bars, if there are any, stay below it.
  void line(std::string_view text);
  /// Replaces the bars. Drawn at most every 50 ms, but for those that must be seen.
  void bars(std::vector<std::string> texts, bool must_be_seen = false);
  void clear_bars();

 private:
  void put(std::string_view text);
  std::string to_first_bar() const;
  void draw();

  bool colors_;
  bool draws_bars_;
  std::size_t width_;
  std::size_t height_;
  std::vector<std::string> bars_;
  std::size_t drawn_ = 0;  // bars on the screen; the cursor is behind the last of them
  std::chrono::steady_clock::time_point last_drawn_{};
};

/// Standard output, for results. Error: cannot_write_output, once, on the first write that fails.
void write_result(std::string_view line);

}  // namespace stm32boot
