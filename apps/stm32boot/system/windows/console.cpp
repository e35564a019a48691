// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/console.hpp"

#include <fcntl.h>
#include <io.h>
#include <windows.h>
// after windows.h, which it needs
#include <shellapi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace stm32boot {
namespace {

// What one call may write to a console.
constexpr std::size_t longest_write = 16 * 1024;

std::string to_utf8(const wchar_t* wide) {
  const int size = ::WideCharToMultiByte(CP_UTF8, 0, wide, -1, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(std::max(size, 1)), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, wide, -1, utf8.data(), size, nullptr, nullptr);
  utf8.pop_back();  // the end mark
  return utf8;
}

}  // namespace

void prepare_console() {
  for (const int stream : {0, 1, 2}) ::_setmode(stream, _O_BINARY);
  ::SetConsoleOutputCP(CP_UTF8);
}

std::vector<std::string> arguments(int /*argc*/, char** /*argv*/) {
  int count = 0;
  wchar_t** words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  std::vector<std::string> all;
  for (int i = 1; i < count; ++i) all.push_back(to_utf8(words[i]));
  ::LocalFree(words);
  return all;
}

bool is_capable_terminal() {
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::strcmp(term, "dumb") == 0) return false;
  const HANDLE console = ::GetStdHandle(STD_ERROR_HANDLE);
  DWORD mode = 0;
  if (::GetConsoleMode(console, &mode) == FALSE) return false;
  return ::SetConsoleMode(
             console, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != FALSE;
}

TerminalSize terminal_size() {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  TerminalSize size;
  if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &info) == FALSE) return size;
  const int columns = info.srWindow.Right - info.srWindow.Left + 1;
  const int rows = info.srWindow.Bottom - info.srWindow.Top + 1;
  if (columns >= 20) size.columns = static_cast<std::size_t>(columns);
  if (rows >= 2) size.rows = static_cast<std::size_t>(rows);
  return size;
}

bool write_all(Stream stream, std::string_view text) {
  while (!text.empty()) {
    const auto most = static_cast<unsigned>(std::min(text.size(), longest_write));
    const int count = ::_write(static_cast<int>(stream), text.data(), most);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<std::string> read_input(std::size_t most) {
  std::string content;
  std::array<char, 65536> chunk{};
  while (content.size() < most) {
    const auto count = ::_read(
        0, chunk.data(), static_cast<unsigned>(std::min(chunk.size(), most - content.size())));
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    content.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return content;
}

bool output_is_abandoned() {
  return false;
}

bool output_is_terminal() {
  return ::_isatty(1) != 0;
}

// Standard streams are handles of their own here: no device can take the place of a closed one.
bool reserve_standard_streams() {
  return ::_get_osfhandle(1) >= 0;
}

}  // namespace stm32boot
