// SPDX-License-Identifier: GPL-3.0-or-later
// What people see. Standard error: lines, colours where they are welcome, and progress bars at the
// bottom; standard output: results. Whatever the text holds, nothing of it is a command to the
// terminal (sysboot/text.hpp): this is the one place that sees to it.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace stm32boot {

enum class When { automatic, always, never };

enum class Style { plain, bold, good, warning, error, faint };

/// Some text of a line, in its style.
struct Piece {
  std::string_view text;
  Style style = Style::plain;
};

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
  /// A whole line, or more where the text has more. The bars, if there are any, stay below it.
  void line(std::initializer_list<Piece> pieces);
  /// Replaces the bars. Drawn at most every 50 ms, but for those that must be seen.
  void bars(std::vector<std::string> texts, bool must_be_seen = false);
  void clear_bars();

 private:
  std::string paint(const Piece& piece) const;
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

/// Standard output, for results. Error: cannot_write_output.
void write_result(std::string_view text);
/// The same for JSON, which must be UTF-8.
void write_json(std::string_view json);
/// A line on standard error where no Terminal draws.
void write_error(std::string_view text);

}  // namespace stm32boot
