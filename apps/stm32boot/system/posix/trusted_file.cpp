// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/trusted_file.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace stm32boot {
namespace {

namespace fs = std::filesystem;

bool is_sudo_caller(uid_t user) {
  const char* caller = std::getenv("SUDO_UID");
  return caller != nullptr && ::geteuid() == 0 && std::to_string(user) == caller;
}

bool is_trusted(uid_t user) {
  return user == 0 || user == ::geteuid() || is_sudo_caller(user);
}

std::string name_of(uid_t user) {
  const passwd* entry = ::getpwuid(user);  // only one thread runs yet
  return entry != nullptr ? entry->pw_name : std::to_string(user);
}

}  // namespace

std::optional<std::string> work_of_others(const fs::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return std::strerror(errno);
  if (!is_trusted(info.st_uid)) return "it belongs to user " + name_of(info.st_uid);
  if ((info.st_mode & S_IWOTH) != 0) return "everybody may write to it";
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (::stat(folder.c_str(), &info) != 0) return std::strerror(errno);
  if (!is_trusted(info.st_uid)) return "its folder belongs to user " + name_of(info.st_uid);
  return std::nullopt;
}

}  // namespace stm32boot
