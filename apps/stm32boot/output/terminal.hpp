// SPDX-License-Identifier: GPL-3.0-or-later
// What people see. Standard error: lines, colours where they are welcome, and progress bars at the
// bottom; standard output: results. Whatever the text holds, nothing of it is a command to the
// terminal (sysboot/text.hpp): this is the one place that sees to it.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stm32boot {

enum class When { automatic, always, never };

enum class Style { plain, bold, good, warning, error, faint };

/// Some text of a line, in its style.
struct Piece {
  std::string_view text;
  Style style = Style::plain;
};

/// Words at the beginning of a line, and their style.
using Marks = std::vector<std::pair<std::string, Style>>;

class Terminal {
 public:
  /// automatic means: when standard error is a terminal that can do it; colours also heed NO_COLOR.
  Terminal(When color, When progress);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  bool draws_bars() const { return draws_bars_; }
  /// Of a line, in columns: COLUMNS, if it is set, or else as wide as the terminal.
  std::size_t width() const { return width_; }
  /// Standard output, for results, with these marks where colours are welcome. Sentences are broken
  /// at blanks where people read them: on a terminal, or with COLUMNS; tables are left as they are.
  /// Error: cannot_write_output.
  void result(std::string_view text, const Marks& marks) const;
  /// How many bars there is room for.
  std::size_t most_bars() const { return height_ - 1; }
  /// A whole line, or more where the text has more or, as a sentence, does not fit. The bars, if
  /// there are any, stay below it.
  void line(std::initializer_list<Piece> pieces);
  /// Replaces the bars. Drawn at most every 50 ms, but for those that must be seen.
  void bars(std::vector<std::string> texts, bool must_be_seen = false);
  void clear_bars();
  /// A line on standard output that is seen from afar: as wide as the terminal and in reverse,
  /// where colours are welcome. The bars are gone. Error: cannot_write_output.
  void verdict(bool is_good, std::string_view text);

 private:
  std::string fitted(std::string_view text, std::size_t at) const;
  std::string paint(const Piece& piece) const;
  static std::string painted(const Piece& piece);
  void put(std::string_view text);
  std::string to_first_bar() const;
  void draw();

  bool colors_;
  bool colors_results_;
  bool draws_bars_;
  bool wraps_lines_;
  bool wraps_results_;
  std::size_t width_;
  std::size_t height_;
  std::vector<std::string> bars_;
  std::size_t drawn_ = 0;  // bars on the screen; the cursor is behind the last of them
  std::chrono::steady_clock::time_point last_drawn_{};
};

/// Standard output where no Terminal draws. Error: cannot_write_output.
void write_result(std::string_view text);
/// The same for JSON, which must be UTF-8.
void write_json(std::string_view json);
/// On standard error.
void ring_bell();
/// A line on standard error where no Terminal draws.
void write_error(std::string_view text);

}  // namespace stm32boot
