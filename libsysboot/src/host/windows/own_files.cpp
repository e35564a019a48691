// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/own_files.hpp"

#include <windows.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "sysboot/error.hpp"
#include "sysboot/file.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

// Far behind the text, so that others can read who holds it.
constexpr DWORD locked_byte = 0x40000000;
constexpr int most_tries = 4;
constexpr DWORD asking_ms = 3;
constexpr std::size_t longest_content = 64 * 1024;

std::string last_problem() {
  return std::system_category().message(static_cast<int>(::GetLastError()));
}

class LockedFile : public BoardLock {
 public:
  explicit LockedFile(HANDLE file) : file_(file) {}
  ~LockedFile() override { ::CloseHandle(file_); }

 private:
  HANDLE file_;
};

HANDLE open_lock_file(const fs::path& file) {
  return ::CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
}

bool lock(HANDLE file, DWORD kind) {
  OVERLAPPED place{};
  place.Offset = locked_byte;
  return ::LockFileEx(file, kind | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &place) != FALSE;
}

// Whoever asks whether it is held holds it for a moment.
bool lock_for_work(HANDLE file) {
  for (int i = 0; i < most_tries; ++i) {
    if (i > 0) ::Sleep(asking_ms);
    if (lock(file, LOCKFILE_EXCLUSIVE_LOCK)) return true;
  }
  return false;
}

std::string read_holder(HANDLE file) {
  std::array<char, 32> text{};
  DWORD count = 0;
  ::ReadFile(file, text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
  std::string pid(text.data(), count);
  pid.resize(std::min(pid.find_first_not_of("0123456789"), pid.size()));
  return pid.empty() ? pid : "process " + pid;
}

void write_holder(HANDLE file) {
  const std::string pid = std::to_string(::GetCurrentProcessId()) + "\n";
  DWORD count = 0;
  ::SetEndOfFile(file);
  ::WriteFile(file, pid.data(), static_cast<DWORD>(pid.size()), &count, nullptr);
}

}  // namespace

FileLock lock_file(const fs::path& folder, const std::string& name) {
  const fs::path file = folder / (name + ".lock");
  const HANDLE handle = open_lock_file(file);
  if (handle == INVALID_HANDLE_VALUE) {
    return {std::make_unique<NoLock>(to_text(file) + ": " + last_problem()), {}};
  }
  auto held = std::make_unique<LockedFile>(handle);
  if (!lock_for_work(handle)) return {nullptr, read_holder(handle)};
  write_holder(handle);
  return {std::move(held), {}};
}

bool is_file_locked(const fs::path& folder, const std::string& name) {
  const HANDLE handle = ::CreateFileW(
      (folder / (name + ".lock")).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
      nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return false;
  const LockedFile closed_at_the_end(handle);
  return !lock(handle, 0);
}

// The folders below belong to one user each; Windows keeps others out.
void write_own_file(const fs::path& file, const std::string& content) {
  std::error_code code;
  const fs::file_status status = fs::symlink_status(file, code);
  const bool is_taken = fs::exists(status) && !fs::is_regular_file(status);
  std::ofstream out;
  if (!is_taken) out.open(file, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!is_taken && out) return;
  throw Error(Errc::cannot_write_output,
              "cannot be written: " + (is_taken ? "it is no regular file" : last_problem()),
              to_text(file));
}

std::optional<std::string> read_own_file(const fs::path& file) {
  std::error_code code;
  if (!fs::is_regular_file(fs::symlink_status(file, code))) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::string content(longest_content, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!in.is_open()) return std::nullopt;
  content.resize(static_cast<std::size_t>(in.gcount()));
  return content;
}

std::string own_name(const std::string& name) {
  return name;
}

fs::path shared_folder() {
  std::error_code code;
  return fs::temp_directory_path(code);
}

fs::path own_folder() {
  return shared_folder();
}

}  // namespace sysboot
