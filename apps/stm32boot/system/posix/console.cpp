// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace stm32boot {

void prepare_console() {}

std::vector<std::string> arguments(int argc, char** argv) {
  if (argc < 1) return {};
  return {argv + 1, argv + argc};
}

bool is_capable_terminal() {
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
  return ::isatty(STDERR_FILENO) == 1 && !dumb;
}

TerminalSize terminal_size() {
  winsize found{};
  TerminalSize size;
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &found) != 0) return size;
  if (found.ws_col >= 20) size.columns = found.ws_col;
  if (found.ws_row >= 2) size.rows = found.ws_row;
  return size;
}

bool write_all(Stream stream, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(static_cast<int>(stream), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<std::string> read_input(std::size_t most) {
  std::string content;
  std::array<char, 65536> chunk{};
  while (content.size() < most) {
    const auto count =
        ::read(STDIN_FILENO, chunk.data(), std::min(chunk.size(), most - content.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    content.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return content;
}

bool output_is_abandoned() {
  pollfd output{STDOUT_FILENO, 0, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

bool output_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
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
