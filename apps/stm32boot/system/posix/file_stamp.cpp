// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/file_stamp.hpp"

#include <sys/stat.h>

namespace stm32boot {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
#ifdef __APPLE__
  const timespec& written = found.st_mtimespec;
  const timespec& changed = found.st_ctimespec;
#else
  const timespec& written = found.st_mtim;
  const timespec& changed = found.st_ctim;
#endif
  return {nanoseconds(written), nanoseconds(changed), static_cast<std::uint64_t>(found.st_size),
          found.st_ino};
}

}  // namespace stm32boot
