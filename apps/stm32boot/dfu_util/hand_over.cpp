// SPDX-License-Identifier: GPL-3.0-or-later
#include "hand_over.hpp"

#include <cstdlib>
#include <optional>

#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "system/other_program.hpp"

namespace stm32boot::dfu_util {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;

constexpr const char* named_by = "STM32BOOT_DFU_UTIL";
/// Whoever finds it set was called by this program.
constexpr const char* mark = "STM32BOOT_HANDED_OVER";
#ifdef _WIN32
constexpr const char* name = "dfu-util.exe";
constexpr char separator = ';';
#else
constexpr const char* name = "dfu-util";
constexpr char separator = ':';
#endif

std::string variable(const char* of) {
  const char* value = std::getenv(of);
  return value == nullptr ? std::string() : value;
}

bool is_another_program(const fs::path& file) {
  if (!is_program(file)) return false;
  const auto own = own_program();
  std::error_code code;
  return !own || !fs::equivalent(file, *own, code);
}

std::optional<fs::path> first_in_path() {
  const std::string folders = variable("PATH");
  for (std::size_t from = 0; from <= folders.size();) {
    const std::size_t to = std::min(folders.find(separator, from), folders.size());
    const std::string folder = folders.substr(from, to - from);
    from = to + 1;
    if (folder.empty()) continue;
    const fs::path file = sysboot::to_path(folder) / name;
    if (is_another_program(file)) return file;
  }
  return std::nullopt;
}

}  // namespace

int hand_over(const std::vector<std::string>& words, const std::string& reason) {
  if (!variable(mark).empty()) {
    throw Error(Errc::usage, reason + "; what stm32boot took for dfu-util calls stm32boot again: " +
                                 named_by + " says where dfu-util itself is");
  }
  const std::string named = variable(named_by);
  const auto program = named.empty() ? first_in_path() : sysboot::to_path(named);
  if (!program) {
    throw Error(Errc::usage, reason +
                                 "; that takes dfu-util itself, which is not in PATH: install "
                                 "it, or set " +
                                 named_by);
  }
  if (!is_another_program(*program)) {
    throw Error(Errc::usage, reason + "; " + named_by + " names no other program: " + named);
  }
  set_variable(mark, "1");
  return run_instead(*program, words);
}

}  // namespace stm32boot::dfu_util
