// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/file.hpp"

#include <fmt/core.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#endif

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

[[noreturn]] void cannot_write(const std::string& reason) {
  throw Error(Errc::cannot_write_output, "cannot be written: " + reason);
}

// Made new: whatever is there already is left alone.
std::FILE* create(const fs::path& file) {
#ifdef _WIN32
  const int fd = ::_wopen(file.c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY, _S_IWRITE);
  return fd < 0 ? nullptr : ::_fdopen(fd, "wb");
#else
  return std::fopen(file.c_str(), "wbx");
#endif
}

// The file that will be replaced: behind a symbolic link, what it points to.
fs::path target_of(const fs::path& file) {
  std::error_code code;
  const bool is_link = fs::is_symlink(file, code);
  fs::path target = is_link ? fs::canonical(file, code) : file;
  if (is_link && code == std::errc::no_such_file_or_directory) {
    cannot_write("it is a link to a file that does not exist");
  }
  if (code && code != std::errc::no_such_file_or_directory) cannot_write(code.message());
  const fs::file_status status = fs::status(target, code);
  if (fs::exists(status) && !fs::is_regular_file(status)) cannot_write("it is no regular file");
  return target;
}

// Beside the target, so that renaming does not have to copy; its name is short, because the
// target's may be as long as a name can be. Removed again unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target)
      : target_(target),
        path_(target.parent_path() / fmt::format(".stm32boot-{:08x}", std::random_device()())) {
    file_.reset(create(path_));
    if (!file_) cannot_write(std::strerror(errno));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    file_.reset();
    std::error_code code;
    if (!path_.empty()) fs::remove(path_, code);
  }

  void fill(ByteView content) {
    const bool written =
        std::fwrite(content.data(), 1, content.size(), file_.get()) == content.size() &&
        std::fflush(file_.get()) == 0;
    if (!written || std::fclose(file_.release()) != 0) cannot_write(std::strerror(errno));
  }

  void replace_target() {
    std::error_code code;
    const fs::file_status before = fs::status(target_, code);
    if (fs::exists(before)) fs::permissions(path_, before.permissions(), code);
    fs::rename(path_, target_, code);
    if (code) cannot_write(code.message());
    path_.clear();
  }

 private:
  fs::path target_;
  fs::path path_;
  File file_;
};

}  // namespace

void require_writable(const fs::path& file) {
  try {
    const TemporaryFile temporary(target_of(file));
  } catch (const Error& error) {
    throw error.at(to_text(file));
  }
}

void write_file(const fs::path& file, ByteView content) {
  try {
    TemporaryFile temporary(target_of(file));
    temporary.fill(content);
    temporary.replace_target();
  } catch (const Error& error) {
    throw error.at(to_text(file));
  }
}

}  // namespace sysboot
