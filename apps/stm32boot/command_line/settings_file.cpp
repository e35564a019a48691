// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings_file.hpp"

#include <fmt/core.h>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/types.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;

constexpr const char* file_name = "stm32boot.toml";
constexpr std::size_t largest_file = 64 * 1024;

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
  return content;
}

std::string what_is_wrong(const toml::parse_error& error) {
  constexpr std::string_view prefix = "Error while parsing ";
  std::string_view text = error.description();
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return sysboot::printable(text);
}

std::string place_of(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}", file, node.source().begin.line);
}

[[noreturn]] void refuse_value(const std::string& key) {
  throw Error(Errc::usage,
              fmt::format("'{}' is not understood; a value is a string, a number, true, false, or "
                          "an array of them",
                          sysboot::printable(key)));
}

std::string text_of(const toml::node& value, const std::string& key) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* number = value.as_integer()) {
    const bool is_hex = number->flags() == toml::value_flags::format_as_hexadecimal;
    const bool is_whole = number->get() >= 0;
    return is_hex && is_whole ? fmt::format("0x{:08X}", number->get())
                              : fmt::format("{}", number->get());
  }
  refuse_value(key);
}

std::vector<std::string> values_of(const toml::node& value, const std::string& key) {
  std::vector<std::string> values;
  if (const toml::array* several = value.as_array()) {
    if (several->empty())
      throw Error(Errc::usage, fmt::format("'{}' is empty", sysboot::printable(key)));
    for (const toml::node& one : *several) values.push_back(text_of(one, key));
  } else {
    values.push_back(text_of(value, key));
  }
  return values;
}

// In the order of their lines: a table has its keys sorted.
std::vector<std::pair<std::string, const toml::node*>> entries_of(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, value] : table) entries.emplace_back(key.str(), &value);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.second->source().begin < b.second->source().begin;
  });
  return entries;
}

void add_settings(std::vector<Setting>& settings, const toml::table& table,
                  const std::string& command, const std::string& file) {
  for (const auto& [key, value] : entries_of(table)) {
    const bool is_section = command.empty() && value->is_table();
    if (is_section) {
      add_settings(settings, *value->as_table(), key, file);
      continue;
    }
    const std::string place = place_of(file, *value);
    try {
      settings.push_back({command, key, values_of(*value, key), place});
    } catch (const Error& error) {
      throw error.at(place);
    }
  }
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
  const std::string name = sysboot::to_text(file);
  std::vector<Setting> settings;
  try {
    add_settings(settings, toml::parse(content_of(file)), {}, name);
  } catch (const toml::parse_error& error) {
    throw Error(Errc::usage, fmt::format("no TOML: {}", what_is_wrong(error)),
                fmt::format("{}:{}", name, error.source().begin.line));
  }
  return settings;
}

}  // namespace stm32boot
