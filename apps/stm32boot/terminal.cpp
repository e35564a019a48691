// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sysboot/error.hpp"

namespace stm32boot {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto shortest_pause = std::chrono::milliseconds(50);
constexpr unsigned short usual_width = 80;
constexpr unsigned short usual_height = 24;

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_capable() {
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
  return ::isatty(STDERR_FILENO) == 1 && !dumb;
}

bool decide(When when, bool automatic) {
  return when == When::always || (when == When::automatic && automatic);
}

winsize terminal_size() {
  winsize size{};
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  if (!is_known || size.ws_col < 20) size.ws_col = usual_width;
  if (!is_known || size.ws_row < 2) size.ws_row = usual_height;
  return size;
}

// Everything, or false with errno set.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Terminal::Terminal(When color, When progress)
    : colors_(decide(color, is_capable() && !is_set("NO_COLOR"))),
      draws_bars_(decide(progress, is_capable())),
      width_(terminal_size().ws_col),
      height_(terminal_size().ws_row) {}

Terminal::~Terminal() {
  clear_bars();
}

std::string Terminal::paint(Style style, std::string_view text) const {
  if (!colors_) return std::string(text);
  const char* code = "0";
  switch (style) {
    case Style::plain: return std::string(text);
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
  [[maybe_unused]] const bool done = write_all(STDERR_FILENO, text);
}

void Terminal::line(std::string_view text) {
  const bool had_bars = drawn_ > 0;
  clear_bars();
  put(std::string(text) + "\n");
  if (had_bars) draw();
}

std::string Terminal::to_first_bar() const {
  return drawn_ > 1 ? fmt::format("\r\x1b[{}A", drawn_ - 1) : "\r";
}

void Terminal::draw() {
  std::string text = to_first_bar() + fmt::format("{}\x1b[K", fmt::join(bars_, "\x1b[K\n"));
  if (bars_.size() < drawn_) text += "\x1b[J";
  put(text);
  drawn_ = bars_.size();
  last_drawn_ = Clock::now();
}

void Terminal::bars(std::vector<std::string> texts, bool must_be_seen) {
  if (!draws_bars_ || texts.empty()) return;
  for (auto& text : texts) text.resize(std::min(text.size(), width_ - 1));
  bars_ = std::move(texts);
  if (!must_be_seen && drawn_ > 0 && Clock::now() - last_drawn_ < shortest_pause) return;
  draw();
}

void Terminal::clear_bars() {
  if (drawn_ > 0) put(to_first_bar() + (drawn_ > 1 ? "\x1b[J" : "\x1b[K"));
  drawn_ = 0;
}

void write_result(std::string_view line) {
  if (write_all(STDOUT_FILENO, std::string(line) + "\n")) return;
  throw sysboot::Error(sysboot::Errc::cannot_write_output,
                       std::string("cannot write to standard output: ") + std::strerror(errno));
}

bool reserve_standard_streams() {
  const bool output_open = ::fcntl(STDOUT_FILENO, F_GETFD) != -1;
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
    if (fd <= STDERR_FILENO) continue;
    ::close(fd);
    break;
  }
  return output_open;
}

}  // namespace stm32boot
