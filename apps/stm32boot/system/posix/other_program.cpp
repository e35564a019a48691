// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/other_program.hpp"

#include <unistd.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "sysboot/error.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;

#ifdef __APPLE__
fs::path started_from() {
  std::uint32_t size = 0;
  ::_NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (::_NSGetExecutablePath(path.data(), &size) != 0) return {};
  return path.c_str();
}
#else
fs::path started_from() {
  return "/proc/self/exe";
}
#endif

}  // namespace

std::optional<fs::path> own_program() {
  std::error_code code;
  fs::path path = fs::canonical(started_from(), code);
  if (code) return std::nullopt;
  return path;
}

bool is_program(const fs::path& file) {
  std::error_code code;
  return fs::is_regular_file(file, code) && ::access(file.c_str(), X_OK) == 0;
}

int run_instead(const fs::path& program, const std::vector<std::string>& words) {
  std::vector<std::string> texts = {program.string()};
  texts.insert(texts.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  throw sysboot::Error(sysboot::Errc::usage,
                       std::string("cannot be started: ") + std::strerror(errno), program.string());
}

void set_variable(const std::string& name, const std::string& value) {
  ::setenv(name.c_str(), value.c_str(), 1);
}

}  // namespace stm32boot
