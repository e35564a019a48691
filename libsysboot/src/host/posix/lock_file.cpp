// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <fmt/core.h>
#include <pwd.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "host/own_files.hpp"
#include "own_file.hpp"
#include "sysboot/file.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

// Record locks: to take one for writing, the file must be opened for writing, which only its owner
// (and root) can; and whether one is held can be asked without taking it. flock(2) has neither.
#ifdef F_OFD_SETLK  // not in older SDKs of macOS: they belong to the opened file, not the process
constexpr int take_lock = F_OFD_SETLK;
constexpr int ask_lock = F_OFD_GETLK;
#else
constexpr int take_lock = F_SETLK;
constexpr int ask_lock = F_GETLK;
#endif

// More than one needs somebody who makes shared locks on purpose.
constexpr int most_tries = 4;
constexpr std::string_view suffix = ".lock";

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool take(int fd) {
  struct flock lock = whole_file();
  return ::fcntl(fd, take_lock, &lock) == 0;
}

// Somebody who writes holds it. Those who only read are none of ours.
bool is_held(int fd) {
  struct flock lock = whole_file();
  return ::fcntl(fd, ask_lock, &lock) == 0 && lock.l_type == F_WRLCK;
}

// As the file says itself, which only its owner can write to.
std::string process_in(int fd) {
  std::array<char, 16> text{};
  const ssize_t count = ::pread(fd, text.data(), text.size() - 1, 0);
  long pid = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + std::max<ssize_t>(count, 0), pid);
  return error == std::errc{} && *end == '\n' ? fmt::format("process {}", pid) : std::string();
}

class Held : public BoardLock {
 public:
  explicit Held(Descriptor file) : file_(std::move(file)) {
    const std::string pid = std::to_string(::getpid()) + "\n";
    // Others must be able to ask. Only the name in their message depends on what it says.
    [[maybe_unused]] bool done = ::fchmod(file_.get(), 0644) == 0 &&
                                 ::ftruncate(file_.get(), 0) == 0 &&
                                 ::pwrite(file_.get(), pid.data(), pid.size(), 0) > 0;
  }
  ~Held() override { [[maybe_unused]] const int done = ::ftruncate(file_.get(), 0); }

 private:
  Descriptor file_;
};

bool is_still(const Descriptor& opened, const fs::path& file) {
  struct stat here {};
  struct stat there {};
  return ::fstat(opened.get(), &here) == 0 && ::lstat(file.c_str(), &there) == 0 &&
         here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

// Anybody can take a shared lock on a file that he can read. Nobody can on one that was locked
// before others could open it.
Descriptor put_in_its_place(const fs::path& file) {
  fs::path draft = file;
  draft += fmt::format(".{}", ::getpid());
  ::unlink(draft.c_str());
  OwnFile fresh = open_own_file(draft, O_RDWR | O_CREAT | O_EXCL);
  if (!fresh.file) return Descriptor();
  if (take(fresh.file.get()) && std::rename(draft.c_str(), file.c_str()) == 0) {
    return std::move(fresh.file);
  }
  ::unlink(draft.c_str());
  return Descriptor();
}

FileLock no_lock(const fs::path& file, const std::string& why) {
  return {std::make_unique<NoLock>(fmt::format("{}: {}", to_text(file), why)), {}};
}

FileLock lock_own(const fs::path& file) {
  for (int i = 0; i < most_tries; ++i) {
    OwnFile own = open_own_file(file, O_RDWR | O_CREAT);
    if (!own.file) return no_lock(file, own.problem);
    if (take(own.file.get())) {
      if (is_still(own.file, file)) return {std::make_unique<Held>(std::move(own.file)), {}};
      continue;
    }
    if (errno != EAGAIN && errno != EACCES) return no_lock(file, std::strerror(errno));
    if (is_held(own.file.get())) return {nullptr, process_in(own.file.get())};
    if (Descriptor fresh = put_in_its_place(file)) {
      return {std::make_unique<Held>(std::move(fresh)), {}};
    }
  }
  return no_lock(file, "others keep locking it");
}

// Whose file this is by its name, if it is one of these.
std::optional<uid_t> user_in(const std::string& file, const std::string& name) {
  if (!file.starts_with(name + "-") || !file.ends_with(suffix)) return std::nullopt;
  const char* end = file.data() + file.size() - suffix.size();
  uid_t user = 0;
  const auto [stop, error] = std::from_chars(file.data() + name.size() + 1, end, user);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return user;
}

// Empty when nobody holds it, but for `ourselves`. A file counts if it belongs to the user that it
// names.
std::optional<std::string> holder(const fs::path& folder, const std::string& name,
                                  std::optional<uid_t> ourselves) {
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const auto user = user_in(entry->path().filename().string(), name);
    if (!user || *user == ourselves) continue;
    const Descriptor file(
        ::open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) continue;
    if (!S_ISREG(info.st_mode) || info.st_uid != *user || !is_held(file.get())) continue;
    const std::string process = process_in(file.get());
    return (process.empty() ? std::string("a process") : process) + " of " + user_name(*user);
  }
  return std::nullopt;
}

}  // namespace

std::string user_name(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? fmt::format("user {}", found->pw_name) : fmt::format("user {}", user);
}

// First its own, then the look at the others: of two users who come at the same moment, at least
// one sees the other.
FileLock lock_file(const fs::path& folder, const std::string& name) {
  FileLock own = lock_own(folder / (own_name(name) + std::string(suffix)));
  if (!own.held) return own;
  if (auto other = holder(folder, name, ::geteuid())) return {nullptr, *other};
  return own;
}

bool is_file_locked(const fs::path& folder, const std::string& name) {
  return holder(folder, name, std::nullopt).has_value();
}

}  // namespace sysboot
