// SPDX-License-Identifier: GPL-3.0-or-later
#include "state_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view record_suffix = ".rebooted";

class FileLock : public BoardLock {
 public:
  explicit FileLock(int fd) : fd_(fd) {}
  ~FileLock() override { ::close(fd_); }

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

bool is_own_file(const fs::path& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
}

bool is_one_line(const std::string& text) {
  return text.find('\n') == std::string::npos;
}

}  // namespace

StateFiles::StateFiles(fs::path shared, fs::path own)
    : shared_(std::move(shared)), own_(std::move(own)) {}

StateFiles StateFiles::usual() {
  std::error_code code;
  const fs::path temporary = fs::temp_directory_path(code);
  const fs::path shared = fs::is_directory("/run/lock", code) ? fs::path("/run/lock") : temporary;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const bool usable = runtime != nullptr && is_own_folder(runtime);
  return {shared, usable ? fs::path(runtime) : shared};
}

std::unique_ptr<BoardLock> StateFiles::lock(const std::string& port_path) const {
  const int fd = open_lock_file(shared_ / ("stm32boot-" + port_path + ".lock"));
  if (fd < 0) return std::make_unique<BoardLock>();
  auto held = std::make_unique<FileLock>(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    const std::string pid = read_holder(fd);
    throw Error(Errc::busy,
                fmt::format("another stm32boot{} is working on this board",
                            pid.empty() ? std::string() : " (process " + pid + ")"),
                "board " + port_path);
  }
  write_holder(fd);
  return held;
}

void StateFiles::remember(const RebootRecord& record) const {
  const fs::path file = own_ / ("stm32boot-" + record.port_path + std::string(record_suffix));
  if (fs::exists(fs::symlink_status(file)) && !is_own_file(file)) return;
  std::ofstream out(file, std::ios::trunc);
  out << "serial " << printable(record.serial) << '\n';
  for (const auto& port : record.ports) {
    if (is_one_line(port)) out << "port " << port << '\n';
  }
}

void StateFiles::forget(const std::string& port_path) const {
  std::error_code code;
  fs::remove(own_ / ("stm32boot-" + port_path + std::string(record_suffix)), code);
}

std::vector<RebootRecord> StateFiles::records() const {
  std::vector<RebootRecord> records;
  constexpr std::string_view prefix = "stm32boot-";
  std::error_code code;
  for (fs::directory_iterator entry(own_, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(record_suffix)) continue;
    if (!is_own_file(entry->path())) continue;
    RebootRecord record;
    record.port_path =
        name.substr(prefix.size(), name.size() - prefix.size() - record_suffix.size());
    std::ifstream in(entry->path());
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("serial ")) record.serial = line.substr(7);
      if (line.starts_with("port ")) record.ports.push_back(line.substr(5));
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace sysboot
