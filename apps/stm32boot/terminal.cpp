// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
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
constexpr std::size_t usual_width = 80;

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

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return usual_width;
  return size.ws_col;
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
      bars_(decide(progress, is_capable())),
      width_(terminal_width()) {}

Terminal::~Terminal() {
  clear_bar();
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
  const bool had_bar = drawn_;
  if (drawn_) put("\r\x1b[K");
  drawn_ = false;
  put(std::string(text) + "\n");
  if (had_bar) draw();
}

void Terminal::draw() {
  put("\r" + bar_ + "\x1b[K");
  drawn_ = true;
  last_drawn_ = Clock::now();
}

void Terminal::bar(std::string text) {
  if (!bars_) return;
  text.resize(std::min(text.size(), width_ - 1));
  bar_ = std::move(text);
  if (drawn_ && Clock::now() - last_drawn_ < shortest_pause) return;
  draw();
}

void Terminal::clear_bar() {
  if (drawn_) put("\r\x1b[K");
  drawn_ = false;
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
