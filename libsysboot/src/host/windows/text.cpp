// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.hpp"

#include <fmt/core.h>
#include <windows.h>

#include <array>

namespace sysboot {

std::wstring to_wide(std::string_view utf8) {
  const int size = static_cast<int>(utf8.size());
  std::wstring wide(utf8.size(), L'\0');  // never more units than bytes
  const int count = ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, wide.data(), size);
  wide.resize(static_cast<std::size_t>(count));
  return wide;
}

std::string to_utf8(std::wstring_view wide) {
  const int size = static_cast<int>(wide.size());
  std::string utf8(wide.size() * 3, '\0');
  const int count = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, utf8.data(),
                                          static_cast<int>(utf8.size()), nullptr, nullptr);
  utf8.resize(static_cast<std::size_t>(count));
  return utf8;
}

std::string windows_message(unsigned long code) {
  std::array<wchar_t, 512> text{};
  const DWORD length =
      ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, code, 0,
                       text.data(), static_cast<DWORD>(text.size()), nullptr);
  std::wstring_view message(text.data(), length);
  while (!message.empty() && message.back() <= L' ') message.remove_suffix(1);
  return message.empty() ? fmt::format("error {}", code) : to_utf8(message);
}

}  // namespace sysboot
