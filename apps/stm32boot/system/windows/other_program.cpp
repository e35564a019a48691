// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/other_program.hpp"

#include <process.h>
#include <windows.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sysboot/error.hpp"
#include "sysboot/file.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;

// As the C run-time splits it again: what has blanks or quotation marks is quoted.
std::wstring quoted(const std::wstring& word) {
  if (!word.empty() && word.find_first_of(L" \t\"") == std::wstring::npos) return word;
  std::wstring text = L"\"";
  std::size_t backslashes = 0;
  for (const wchar_t c : word) {
    if (c == L'"') text.append(backslashes + 1, L'\\');
    backslashes = c == L'\\' ? backslashes + 1 : 0;
    text += c;
  }
  text.append(backslashes, L'\\');
  return text + L'"';
}

}  // namespace

std::optional<fs::path> own_program() {
  std::array<wchar_t, 32768> path{};
  const DWORD size = ::GetModuleFileNameW(nullptr, path.data(), path.size());
  if (size == 0 || size == path.size()) return std::nullopt;
  return fs::path(path.data());
}

bool is_program(const fs::path& file) {
  std::error_code code;
  return fs::is_regular_file(file, code);
}

int run_instead(const fs::path& program, const std::vector<std::string>& words) {
  std::vector<std::wstring> texts = {quoted(program.wstring())};
  for (const std::string& word : words) texts.push_back(quoted(sysboot::to_path(word).wstring()));
  std::vector<const wchar_t*> argv;
  for (const std::wstring& text : texts) argv.push_back(text.c_str());
  argv.push_back(nullptr);
  const auto status = ::_wspawnv(_P_WAIT, program.c_str(), argv.data());
  if (status == -1) {
    throw sysboot::Error(sysboot::Errc::usage,
                         std::string("cannot be started: ") + std::strerror(errno),
                         sysboot::to_text(program));
  }
  return static_cast<int>(status);
}

void set_variable(const std::string& name, const std::string& value) {
  ::_putenv_s(name.c_str(), value.c_str());
}

}  // namespace stm32boot
