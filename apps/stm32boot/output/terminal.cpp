// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <sstream>

#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "system/console.hpp"
#include "wrap.hpp"

namespace stm32boot {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto shortest_pause = std::chrono::milliseconds(50);

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

void write_output(std::string text) {
  text += '\n';
  if (write_all(Stream::output, text)) return;
  throw sysboot::Error(sysboot::Errc::cannot_write_output,
                       std::string("cannot write to standard output: ") + std::strerror(errno));
}

// None where it is not set, or too narrow to be meant.
std::optional<std::size_t> columns_in_environment() {
  constexpr std::size_t narrowest = 20;
  const char* text = std::getenv("COLUMNS");
  const std::size_t columns = text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
  return columns < narrowest ? std::nullopt : std::optional(columns);
}

bool decide(When when, bool automatic) {
  return when == When::always || (when == When::automatic && automatic);
}

}  // namespace

Terminal::Terminal(When color, When progress)
    : colors_(decide(color, is_capable_terminal() && !is_set("NO_COLOR"))),
      colors_results_(decide(color, colors_ && output_is_terminal())),
      draws_bars_(decide(progress, is_capable_terminal())),
      wraps_lines_(is_capable_terminal() || columns_in_environment()),
      wraps_results_(output_is_terminal() || columns_in_environment()),
      width_(columns_in_environment().value_or(terminal_size().columns)),
      height_(terminal_size().rows) {}

Terminal::~Terminal() {
  clear_bars();
}

std::string Terminal::paint(const Piece& piece) const {
  return colors_ ? painted(piece) : sysboot::printable_lines(piece.text);
}

std::string Terminal::painted(const Piece& piece) {
  std::string text = sysboot::printable_lines(piece.text);
  const char* code = "0";
  switch (piece.style) {
    case Style::plain: return text;
    case Style::bold: code = "1"; break;
    case Style::good: code = "32"; break;
    case Style::warning: code = "33"; break;
    case Style::error: code = "1;31"; break;
    case Style::faint: code = "2"; break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

// Standard error that cannot be written is nothing anyone could be told about.
void Terminal::put(std::string_view text) {
  [[maybe_unused]] const bool done = write_all(Stream::error, text);
}

// `at`: the column where it begins.
std::string Terminal::fitted(std::string_view text, std::size_t at) const {
  const bool is_sentence = text.find("  ") == std::string_view::npos &&
                           text.find('\n') == std::string_view::npos && !text.starts_with(' ');
  if (!is_sentence) return std::string(text);
  constexpr std::size_t usual_indent = 2;
  return wrapped(text, width_, at, at == 0 ? usual_indent : std::min(at, width_ / 2));
}

void Terminal::result(std::string_view text, const Marks& marks) const {
  std::istringstream all{std::string(text)};
  std::string lines;
  for (std::string line; std::getline(all, line);) {
    if (!lines.empty()) lines += '\n';
    if (wraps_results_) line = fitted(line, 0);
    const auto mark = std::find_if(marks.begin(), marks.end(), [&](const auto& one) {
      return line.starts_with(one.first + ' ');
    });
    const std::size_t length = mark == marks.end() ? 0 : mark->first.size();
    if (length > 0) lines += colors_results_ ? painted({mark->first, mark->second}) : mark->first;
    lines += sysboot::printable_lines(std::string_view(line).substr(length));
  }
  write_output(lines);
}

void Terminal::line(std::initializer_list<Piece> pieces) {
  const bool had_bars = drawn_ > 0;
  std::string text;
  std::size_t at = 0;
  for (const Piece& piece : pieces) {
    const bool is_last = &piece == pieces.end() - 1;
    text += is_last && wraps_lines_ ? paint({fitted(piece.text, at), piece.style}) : paint(piece);
    at += piece.text.size();
  }
  clear_bars();
  put(text + "\n");
  if (had_bars) draw();
}

std::string Terminal::to_first_bar() const {
  return drawn_ > 1 ? fmt::format("\r\x1b[{}A", drawn_ - 1) : "\r";
}

void Terminal::draw() {
  std::string text = to_first_bar() + sysboot::joined(bars_, "\x1b[K\n") + "\x1b[K";
  if (bars_.size() < drawn_) text += "\x1b[J";
  put(text);
  drawn_ = bars_.size();
  last_drawn_ = Clock::now();
}

void Terminal::bars(std::vector<std::string> texts, bool must_be_seen) {
  if (!draws_bars_ || texts.empty()) return;
  for (auto& text : texts) {
    text = sysboot::printable(std::string_view(text).substr(0, width_ - 1));
  }
  bars_ = std::move(texts);
  if (!must_be_seen && drawn_ > 0 && Clock::now() - last_drawn_ < shortest_pause) return;
  draw();
}

void Terminal::clear_bars() {
  if (drawn_ > 0) put(to_first_bar() + (drawn_ > 1 ? "\x1b[J" : "\x1b[K"));
  drawn_ = 0;
}

void Terminal::verdict(bool is_good, std::string_view text) {
  clear_bars();
  if (!colors_results_) return write_result(text);
  write_output(fmt::format("\x1b[1;7;{}m{:<{}}\x1b[0m", is_good ? 32 : 31,
                           ' ' + sysboot::printable(text), width_ - 1));
}

void ring_bell() {
  [[maybe_unused]] const bool done = write_all(Stream::error, "\a");
}

void write_result(std::string_view text) {
  write_output(sysboot::printable_lines(text));
}

void write_json(std::string_view json) {
  write_output(sysboot::printable_json(json));
}

void write_error(std::string_view text) {
  [[maybe_unused]] const bool done =
      write_all(Stream::error, sysboot::printable_lines(text) + "\n");
}

}  // namespace stm32boot
