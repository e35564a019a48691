// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/own_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "own_file.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_content = 64 * 1024;

bool is_own_folder(const fs::path& folder) {
  struct stat info {};
  return ::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

// Whoever may make files in it cannot remove those of others.
bool is_for_all(const fs::path& folder) {
  struct stat info {};
  constexpr mode_t all_may_write = S_ISVTX | S_IWOTH | S_IXOTH;
  return ::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         (info.st_mode & all_may_write) == all_may_write;
}

// The best first. macOS has one for each user, whatever TMPDIR says to each program.
std::vector<fs::path> folders_of_this_user() {
  std::vector<fs::path> folders;
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR")) folders.emplace_back(runtime);
#ifdef _CS_DARWIN_USER_TEMP_DIR
  std::array<char, 1024> path{};
  const std::size_t size = ::confstr(_CS_DARWIN_USER_TEMP_DIR, path.data(), path.size());
  if (size > 0 && size <= path.size()) folders.emplace_back(path.data());
#endif
  return folders;
}

}  // namespace

// O_NONBLOCK: a FIFO would be waited for.
OwnFile open_own_file(const fs::path& file, int flags) {
  const int fd = ::open(file.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (fd < 0) return {Descriptor(), std::strerror(errno)};
  Descriptor opened(fd);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return {Descriptor(), std::strerror(errno)};
  if (!S_ISREG(info.st_mode)) return {Descriptor(), "it is no regular file"};
  if (info.st_uid != ::geteuid()) return {Descriptor(), "it belongs to " + user_name(info.st_uid)};
  if (info.st_nlink > 1) return {Descriptor(), "it has other names, too"};
  return {std::move(opened), {}};
}

void write_own_file(const fs::path& file, const std::string& content) {
  const auto fail = [&](const std::string& why) {
    throw Error(Errc::cannot_write_output, "cannot be written: " + why, to_text(file));
  };
  const OwnFile opened = open_own_file(file, O_WRONLY | O_CREAT);
  if (!opened.file) fail(opened.problem);
  const int fd = opened.file.get();
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    fail(std::strerror(errno));
  }
}

std::optional<std::string> read_own_file(const fs::path& file) {
  const OwnFile opened = open_own_file(file, O_RDONLY);
  if (!opened.file) return std::nullopt;
  std::string content;
  std::array<char, 4096> part;
  ssize_t count = 0;
  do {
    const auto at = static_cast<off_t>(content.size());
    count = ::pread(opened.file.get(), part.data(), part.size(), at);
    if (count < 0) return std::nullopt;
    content.append(part.data(), static_cast<std::size_t>(count));
  } while (count > 0 && content.size() < longest_content);
  return content;
}

std::string own_name(const std::string& name) {
  return name + "-" + std::to_string(::geteuid());
}

// The same for every user, whatever TMPDIR says to each of them.
fs::path shared_folder() {
  for (const char* folder : {"/run/lock", "/tmp"}) {
    if (is_for_all(folder)) return folder;
  }
  std::error_code code;
  return fs::temp_directory_path(code);
}

std::optional<fs::path> first_own_folder(const std::vector<fs::path>& folders) {
  const auto found = std::find_if(folders.begin(), folders.end(), is_own_folder);
  if (found == folders.end()) return std::nullopt;
  return *found;
}

fs::path own_folder() {
  return first_own_folder(folders_of_this_user()).value_or(shared_folder());
}

}  // namespace sysboot
