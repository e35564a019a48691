// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings_file.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "sysboot/error.hpp"
#include "sysboot/path.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;

constexpr const char* file_name = "stm32boot.toml";
constexpr std::size_t largest_file = 64 * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[noreturn]] void bad(const std::string& what) {
  throw Error(Errc::usage, what);
}

// How many folders the project's root is above this one; none outside of projects.
std::optional<std::size_t> levels_below_root(fs::path folder) {
  std::error_code ignored;
  for (std::size_t level = 0;; ++level, folder = folder.parent_path()) {
    if (fs::exists(folder / ".git", ignored)) return level;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

// Relative ones do not count (XDG Base Directory Specification).
fs::path folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path folder = value != nullptr ? fs::path(value) : fs::path();
  return folder.is_absolute() ? folder : fs::path();
}

std::string content_of(const fs::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string content(largest_file + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!in.is_open() || in.bad()) {
    throw Error(Errc::no_input, std::string("cannot be read: ") + std::strerror(errno),
                sysboot::to_text(file));
  }
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() > largest_file) {
    throw Error(Errc::usage, "is larger than 64 KiB, and no settings file", sysboot::to_text(file));
  }
  return content.starts_with(byte_order_mark) ? content.substr(byte_order_mark.size()) : content;
}

// CLI11 would take a '#' inside of quotes for a comment.
std::string without_comment(const std::string& line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == '\0' && c == '#') return line.substr(0, i);
    if (quote == '"' && c == '\\') {
      ++i;
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    }
  }
  if (quote != '\0') bad("a quote is not closed");
  return line;
}

std::string section_in(const std::string& line) {
  std::string name = CLI::detail::trim_copy(line.substr(1, line.size() - 2));
  if (line.back() != ']' || name.find_first_of("[].\"'") != std::string::npos) {
    bad(fmt::format("'{}' is not understood; write [COMMAND]", line));
  }
  return name;
}

Setting setting_in(const std::string& line, const std::string& section) {
  const std::size_t equals = line.find('=');
  const std::string value =
      equals == std::string::npos ? "" : CLI::detail::trim_copy(line.substr(equals + 1));
  if (value.empty()) {
    bad(fmt::format("'{}' is not understood; write KEY = VALUE", line));
  }
  const bool is_open_array = value.front() == '[' && (value.size() < 2 || value.back() != ']');
  if (is_open_array || value.front() == '{' || value.starts_with("\"\"\"")) {
    bad(
        fmt::format("'{}' is not understood; a value is a string, a number, true, false, or an "
                    "array on one line",
                    value));
  }
  std::istringstream one_line(line);
  const auto items = CLI::ConfigTOML().comment('\0')->from_config(one_line);
  if (items.size() != 1 || !items.front().parents.empty()) {
    bad(fmt::format("'{}' is not understood; write KEY = VALUE below [COMMAND]", line));
  }
  return {section, items.front().name, items.front().inputs, {}};
}

}  // namespace

std::vector<fs::path> find_settings_files(const fs::path& image) {
  std::error_code code;
  std::vector<fs::path> folders = {image.parent_path()};
  if (!folders.front().empty()) folders.emplace_back();
  fs::path above;
  const auto levels = levels_below_root(fs::current_path(code));
  for (std::size_t level = 0; level < levels.value_or(0); ++level) {
    above /= "..";
    folders.push_back(above);
  }
  std::vector<fs::path> files;
  for (const fs::path& folder : folders) {
    if (fs::is_regular_file(folder / file_name, code)) files.push_back(folder / file_name);
  }
  return files;
}

std::optional<fs::path> own_settings_file() {
#ifdef _WIN32
  const fs::path folder = folder_in("APPDATA");
#else
  fs::path folder = folder_in("XDG_CONFIG_HOME");
  if (folder.empty() && !folder_in("HOME").empty()) folder = folder_in("HOME") / ".config";
#endif
  if (folder.empty()) return std::nullopt;
  return folder / "stm32boot" / "config.toml";
}

std::vector<Setting> read_settings_file(const fs::path& file) {
  std::istringstream in(content_of(file));
  std::vector<Setting> settings;
  std::string section;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    const std::string place = fmt::format("{}:{}", sysboot::to_text(file), ++number);
    try {
      const std::string text = CLI::detail::trim_copy(without_comment(line));
      if (text.starts_with('[')) {
        section = section_in(text);
      } else if (!text.empty()) {
        settings.push_back(setting_in(text, section));
        settings.back().source = place;
      }
    } catch (const Error& error) {
      throw error.at(place);
    }
  }
  return settings;
}

}  // namespace stm32boot
