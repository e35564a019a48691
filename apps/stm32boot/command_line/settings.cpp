// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "did_you_mean.hpp"
#include "image_word.hpp"
#include "settings_file.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/text.hpp"
#include "sysboot/types.hpp"
#include "system/trusted_file.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;
using sysboot::Note;
using Settings = std::vector<Setting>;

// Settings from one place.
struct Level {
  Place place;
  Settings settings;
};

bool may_be_set(const OptionList& command, const Option& option, Place place) {
  const OptionRow* row = option.row();
  if (row == nullptr || (row->places & place) == 0) return false;
  const std::string commands = fmt::format(" {} ", row->not_settable_for);
  return commands.find(fmt::format(" {} ", command.name())) == std::string::npos;
}

std::optional<Option> find(const OptionList& list, const std::string& key) {
  return list.find("--" + key);
}

Level settings_in_environment() {
  Level level{in_environment, {}};
  for (const OptionRow& row : option_table()) {
    const std::string name = variable_for(row);
    const char* value = (row.places & in_environment) != 0 ? std::getenv(name.c_str()) : nullptr;
    if (value == nullptr || *value == '\0') continue;
    level.settings.push_back({"", std::string(row.key()), {value}, name});
  }
  return level;
}

void check_section(const CommandLine& line, const Setting& setting) {
  std::vector<std::string> names;
  for (const OptionList& command : line.commands()) names.push_back(command.name());
  const bool is_command = std::find(names.begin(), names.end(), setting.command) != names.end();
  if (setting.command.empty() || is_command) return;
  throw Error(Errc::usage, fmt::format("unknown command [{}]{}", setting.command,
                                       did_you_mean(setting.command, names)));
}

// The commands that a setting is about, and the program itself, whose options all commands have.
std::vector<OptionList> lists_of(const CommandLine& line, const Setting& setting) {
  std::vector<OptionList> lists;
  for (const OptionList& command : line.commands()) {
    if (setting.command.empty() || command.name() == setting.command) lists.push_back(command);
  }
  lists.push_back(line.program());
  return lists;
}

std::string why_not_here(const std::string& key) {
  const OptionRow* row = find_option_row("--" + key);
  const unsigned places = row != nullptr ? row->places : nowhere;
  const bool is_never_set = (places & in_own_file) == 0 || (places & in_found_file) != 0;
  if (is_never_set) return "it has to be on the command line each time";
  const auto file = own_settings_file();
  return fmt::format("it only counts in {}your own settings{}, or on the command line",
                     (places & in_given_file) != 0 ? "a file that --config names, in " : "",
                     file ? " (" + sysboot::to_text(*file) + ")" : std::string());
}

void check_key(const CommandLine& line, const Setting& setting, Place place) {
  const std::string& key = setting.key;
  std::vector<std::string> known;
  bool exists = false;
  for (const OptionList& list : lists_of(line, setting)) {
    exists = exists || find(list, key).has_value();
    for (const Option& option : list.options()) {
      if (!may_be_set(list, option, place)) continue;
      known.emplace_back(option.row()->key());
      if (known.back() == key) return;
    }
  }
  if (exists) {
    throw Error(Errc::usage, fmt::format("'{}' cannot be set here: {}", key, why_not_here(key)));
  }
  throw Error(Errc::usage, fmt::format("unknown key '{}'{}", key, did_you_mean(key, known)));
}

void check(const CommandLine& line, const Level& level) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Setting& setting : level.settings) {
    try {
      if (std::find(setting.values.begin(), setting.values.end(), "") != setting.values.end()) {
        throw Error(Errc::usage, fmt::format("'{}' is empty", sysboot::printable(setting.key)));
      }
      check_section(line, setting);
      check_key(line, setting, level.place);
      if (!seen.insert({setting.command, setting.key}).second) {
        throw Error(Errc::usage, fmt::format("'{}' is set twice", setting.key));
      }
    } catch (const Error& error) {
      throw error.at(setting.source);
    }
  }
}

// The choices that a level above has made.
std::set<Choice> decided(const OptionList& command) {
  std::set<Choice> choices;
  for (const Option& option : command.options()) {
    const bool is_made = option.takes_value() ? option.is_given() : option.is_on();
    if (option.row() != nullptr && is_made) choices.insert(option.row()->choice);
  }
  for (const Option& argument : command.arguments()) {
    if (say_where_they_go(argument.values())) choices.insert(Choice::of_address);
  }
  choices.erase(Choice::none);
  return choices;
}

void apply(const CommandLine& line, const Level& level, SettingsApplied& applied) {
  const OptionList command = line.command();
  const auto taken = decided(command);
  for (const Setting& setting : level.settings) {
    auto option = find(command, setting.key);
    if (!option) option = find(line.program(), setting.key);
    if (!option || !may_be_set(command, *option, level.place)) continue;
    if (option->is_given() || taken.contains(option->row()->choice)) continue;
    try {
      option->set(setting.values);
    } catch (const Error& error) {
      throw error.at(setting.source);
    }
    applied.set.push_back({setting.key, sysboot::joined(setting.values), setting.source,
                           level.place != in_environment});
    if (setting.key == "no-wait" && option->is_on()) applied.no_wait_source = setting.source;
  }
}

Level level_for(const std::string& command, const Level& all) {
  Level some{all.place, {}};
  std::copy_if(all.settings.begin(), all.settings.end(), std::back_inserter(some.settings),
               [&](const Setting& setting) { return setting.command == command; });
  return some;
}

// "settings from stm32boot.toml: usb = 1-2 (line 1), full = true (line 4)"
std::string used(const fs::path& file, const std::vector<SettingApplied>& set, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < set.size(); ++i) {
    const std::string line = set[i].source.substr(set[i].source.rfind(':') + 1);
    text += fmt::format("{}{} = {} (line {})", text.empty() ? "" : ", ", set[i].key,
                        sysboot::printable(set[i].value), line);
  }
  return fmt::format("settings from {}: {}", sysboot::to_text(file), text);
}

void apply_file(const CommandLine& line, const fs::path& file, Place place,
                SettingsApplied& applied) {
  const Level level{place, read_settings_file(file)};
  check(line, level);
  const std::size_t before = applied.set.size();
  apply(line, level_for(line.command().name(), level), applied);
  apply(line, level_for("", level), applied);
  if (applied.set.size() > before) {
    applied.told.push_back({Note::Level::info, used(file, applied.set, before)});
  }
}

// False when the file may be the work of others, which is told.
bool is_own_work(const fs::path& file, SettingsApplied& applied) {
  const auto reason = work_of_others(file);
  if (!reason) return true;
  applied.told.push_back(
      {Note::Level::warning, fmt::format("settings in {} are not read: {}; --config reads them",
                                         sysboot::to_text(file), *reason)});
  return false;
}

void apply_found_file(const CommandLine& line, SettingsApplied& applied) {
  const auto image = line.command().find("image");
  const bool is_named = image && image->is_given();
  const auto files = find_settings_files(sysboot::to_path(is_named ? image->values().front() : ""));
  for (const fs::path& file : files) {
    if (is_own_work(file, applied)) return apply_file(line, file, in_found_file, applied);
  }
}

void apply_own_file(const CommandLine& line, SettingsApplied& applied) {
  const auto file = own_settings_file();
  std::error_code code;
  if (!file || !fs::exists(*file, code)) return;
  if (is_own_work(*file, applied)) apply_file(line, *file, in_own_file, applied);
}

// For all commands; nothing where the file is silent, or cannot be read.
std::optional<bool> json_in(const fs::path& file) {
  SettingsApplied unused;
  std::error_code code;
  if (!fs::exists(file, code) || !is_own_work(file, unused)) return std::nullopt;
  try {
    for (const Setting& setting : read_settings_file(file)) {
      if (setting.key == "json" && setting.command.empty()) return flag_in(setting.values.front());
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool is_json_set(const SettingsOptions& options) {
  for (const Setting& setting : settings_in_environment().settings) {
    if (setting.key == "json") return flag_in(setting.values.front()).value_or(false);
  }
  if (options.no_file) return false;
  std::vector<fs::path> files = find_settings_files({});
  if (!options.file.empty()) files = {sysboot::to_path(options.file)};
  if (const auto own = own_settings_file()) files.push_back(*own);
  for (const fs::path& file : files) {
    if (const auto json = json_in(file)) return *json;
  }
  return false;
}

void SettingsOptions::add_to(OptionList program) {
  const Option config = program.option("--config", file);
  program.flag("--no-config", no_file).excludes(config);
}

SettingsApplied apply_settings(const CommandLine& line, const SettingsOptions& options) {
  SettingsApplied applied;
  apply(line, settings_in_environment(), applied);
  if (options.no_file) return applied;
  if (options.file.empty()) {
    apply_found_file(line, applied);
  } else {
    apply_file(line, sysboot::to_path(options.file), in_given_file, applied);
  }
  apply_own_file(line, applied);
  return applied;
}

}  // namespace stm32boot
