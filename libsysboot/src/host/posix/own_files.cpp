// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/own_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace sysboot {
namespace {

namespace fs = std::filesystem;

class Flock : public BoardLock {
 public:
  explicit Flock(int fd) : fd_(fd) {}
  ~Flock() override { ::close(fd_); }

 private:
  int fd_;
};

// An existing file is opened without O_CREAT: in sticky folders Linux refuses that for others'
// files.
int open_lock_file(const fs::path& file) {
  const int flags = O_CLOEXEC | O_NOFOLLOW;
  int fd = ::open(file.c_str(), O_RDWR | flags);
  if (fd < 0 && errno == EACCES) fd = ::open(file.c_str(), O_RDONLY | flags);
  if (fd < 0 && errno == ENOENT) fd = ::open(file.c_str(), O_RDWR | O_CREAT | flags, 0644);
  return fd;
}

std::string read_holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t count = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  pid.erase(std::remove_if(pid.begin(), pid.end(), [](char c) { return c < '0' || c > '9'; }),
            pid.end());
  return pid;
}

void write_holder(int fd) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0) return;  // only the name in another process's message depends on it
  [[maybe_unused]] const ssize_t count = ::pwrite(fd, pid.data(), pid.size(), 0);
}

bool is_own_folder(const fs::path& folder) {
  struct stat info {};
  return ::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

}  // namespace

FileLock lock_file(const fs::path& file) {
  const int fd = open_lock_file(file);
  if (fd < 0) return {std::make_unique<BoardLock>(), {}};
  auto held = std::make_unique<Flock>(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return {nullptr, read_holder(fd)};
  write_holder(fd);
  return {std::move(held), {}};
}

bool is_own_file(const fs::path& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
}

fs::path shared_folder() {
  std::error_code code;
  if (fs::is_directory("/run/lock", code)) return "/run/lock";
  return fs::temp_directory_path(code);
}

fs::path own_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  return runtime != nullptr && is_own_folder(runtime) ? fs::path(runtime) : shared_folder();
}

}  // namespace sysboot
