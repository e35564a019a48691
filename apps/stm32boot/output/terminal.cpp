// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "system/console.hpp"

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

bool decide(When when, bool automatic) {
  return when == When::always || (when == When::automatic && automatic);
}

}  // namespace

Terminal::Terminal(When color, When progress)
    : colors_(decide(color, is_capable_terminal() && !is_set("NO_COLOR"))),
      draws_bars_(decide(progress, is_capable_terminal())),
      width_(terminal_size().columns),
      height_(terminal_size().rows) {}

Terminal::~Terminal() {
  clear_bars();
}

std::string Terminal::paint(const Piece& piece) const {
  std::string text = sysboot::printable_lines(piece.text);
  if (!colors_) return text;
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

void Terminal::line(std::initializer_list<Piece> pieces) {
  const bool had_bars = drawn_ > 0;
  std::string text;
  for (const Piece& piece : pieces) text += paint(piece);
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
