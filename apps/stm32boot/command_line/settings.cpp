// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>

#include "did_you_mean.hpp"
#include "settings_file.hpp"
#include "sysboot/error.hpp"
#include "sysboot/path.hpp"
#include "sysboot/text.hpp"
#include "sysboot/types.hpp"
#include "system/trusted_file.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;
using Settings = std::vector<Setting>;

// Where a setting may stand. Nobody chose a file that was found: it may have come with a download.
enum Place : unsigned { environment = 1, found = 2, given = 4, own = 8 };
constexpr unsigned everywhere = environment | found | given | own;

struct Settable {
  std::string_view key;
  unsigned places;
};

// What makes stm32boot erase, overwrite, unlock, skip a check, only pretend, or never end has to be
// on the command line each time. Text is sent to whatever has the port, which may be a printer.
constexpr std::array<Settable, 19> settable = {{{"port", everywhere},
                                                {"usb", everywhere},
                                                {"serial", everywhere},
                                                {"firmware", everywhere},
                                                {"trigger", everywhere},
                                                {"text", environment | given | own},
                                                {"timeout", everywhere},
                                                {"tries", everywhere},
                                                {"address", everywhere},
                                                {"full", everywhere},
                                                {"x32", own},
                                                {"stay", everywhere},
                                                {"no-wait", everywhere},
                                                {"timestamps", everywhere},
                                                {"json", everywhere},
                                                {"quiet", everywhere},
                                                {"verbose", everywhere},
                                                {"progress", everywhere},
                                                {"color", everywhere}}};

// Settings from one place.
struct Level {
  Place place;
  Settings settings;
};

// These say the same thing in several ways: who gives one of them, gives them all.
constexpr std::array<std::array<std::string_view, 3>, 2> alternatives = {
    {{"port", "usb", "serial"}, {"firmware", "trigger", "text"}}};

unsigned places_of(std::string_view key) {
  const auto row = std::find_if(settable.begin(), settable.end(),
                                [&](const Settable& one) { return one.key == key; });
  return row == settable.end() ? 0 : row->places;
}

// Where it says what to erase, or what to keep a copy of, an address is no setting.
bool is_for(std::string_view command, std::string_view key) {
  const bool names_what = key == "address" && (command == "erase" || command == "read");
  return !names_what;
}

bool may_be_set(std::string_view command, std::string_view key, Place place) {
  return is_for(command, key) && (places_of(key) & place) != 0;
}

CLI::Option* find(CLI::App& app, std::string_view key) {
  return app.get_option_no_throw(fmt::format("--{}", key));
}

std::string variable(std::string_view key) {
  std::string name = "STM32BOOT_";
  for (const char c : key) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

Level settings_in_environment() {
  Level level{environment, {}};
  for (const auto& [key, places] : settable) {
    const std::string name = variable(key);
    const char* value = (places & environment) != 0 ? std::getenv(name.c_str()) : nullptr;
    if (value == nullptr || *value == '\0') continue;
    level.settings.push_back({"", std::string(key), {value}, name});
  }
  return level;
}

void check_section(const CLI::App& app, const Setting& setting) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const bool is_command = std::find(names.begin(), names.end(), setting.command) != names.end();
  if (setting.command.empty() || is_command) return;
  throw Error(Errc::usage, fmt::format("unknown command [{}]{}", setting.command,
                                       did_you_mean(setting.command, names)));
}

// The commands that a setting is about, and the program itself, whose options all commands have.
std::vector<CLI::App*> apps_of(CLI::App& app, const Setting& setting) {
  std::vector<CLI::App*> apps = app.get_subcommands([&](CLI::App* command) {
    return setting.command.empty() || command->get_name() == setting.command;
  });
  apps.push_back(&app);
  return apps;
}

std::string why_not_here(const std::string& key) {
  const unsigned places = places_of(key);
  const bool is_never_set = (places & own) == 0 || (places & found) != 0;
  if (is_never_set) return "it has to be on the command line each time";
  const auto file = own_settings_file();
  return fmt::format("it only counts in {}your own settings{}, or on the command line",
                     (places & given) != 0 ? "a file that --config names, in " : "",
                     file ? " (" + sysboot::to_text(*file) + ")" : std::string());
}

void check_key(CLI::App& app, const Setting& setting, Place place) {
  const std::string& key = setting.key;
  std::vector<std::string> known;
  bool exists = false;
  for (CLI::App* one : apps_of(app, setting)) {
    exists = exists || find(*one, key) != nullptr;
    for (const auto& row : settable) {
      if (find(*one, row.key) == nullptr || !may_be_set(one->get_name(), row.key, place)) continue;
      if (row.key == key) return;
      known.emplace_back(row.key);
    }
  }
  if (exists) {
    throw Error(Errc::usage, fmt::format("'{}' cannot be set here: {}", key, why_not_here(key)));
  }
  throw Error(Errc::usage, fmt::format("unknown key '{}'{}", key, did_you_mean(key, known)));
}

void check(CLI::App& app, const Level& level) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Setting& setting : level.settings) {
    try {
      if (std::find(setting.values.begin(), setting.values.end(), "") != setting.values.end()) {
        throw Error(Errc::usage, fmt::format("'{}' is empty", sysboot::printable(setting.key)));
      }
      check_section(app, setting);
      check_key(app, setting, level.place);
      if (!seen.insert({setting.command, setting.key}).second) {
        throw Error(Errc::usage, fmt::format("'{}' is set twice", setting.key));
      }
    } catch (const Error& error) {
      throw error.at(setting.source);
    }
  }
}

void give(CLI::Option& option, const Setting& setting) {
  const bool is_flag = option.get_expected_min() == 0;
  try {
    if (is_flag && setting.values.size() == 1) {
      option.add_result(option.get_flag_value(setting.key, setting.values.front()));
    } else {
      option.add_result(setting.values);
    }
    option.run_callback();
  } catch (const CLI::ParseError& error) {
    throw Error(Errc::usage, error.what(), setting.source);
  }
}

// What a level above has decided, with all that it replaces.
std::set<std::string_view> decided(CLI::App& command) {
  std::set<std::string_view> keys;
  for (const auto& group : alternatives) {
    const bool is_given = std::any_of(group.begin(), group.end(), [&](std::string_view key) {
      const CLI::Option* option = find(command, key);
      return option != nullptr && !option->empty();
    });
    if (is_given) keys.insert(group.begin(), group.end());
  }
  return keys;
}

void apply(CLI::App& app, CLI::App& command, const Level& level, SettingsApplied& applied) {
  const auto taken = decided(command);
  for (const Setting& setting : level.settings) {
    CLI::Option* of_command = find(command, setting.key);
    CLI::Option* option = of_command != nullptr ? of_command : find(app, setting.key);
    if (option == nullptr || !may_be_set(command.get_name(), setting.key, level.place)) continue;
    if (!option->empty() || taken.contains(setting.key)) continue;
    give(*option, setting);
    applied.set.push_back(
        {setting.key, sysboot::joined(setting.values), setting.source, level.place != environment});
    if (setting.key == "no-wait" && option->as<bool>()) applied.no_wait_source = setting.source;
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

void apply_file(CLI::App& app, CLI::App& command, const fs::path& file, Place place,
                SettingsApplied& applied) {
  const Level level{place, read_settings_file(file)};
  check(app, level);
  const std::size_t before = applied.set.size();
  apply(app, command, level_for(command.get_name(), level), applied);
  apply(app, command, level_for("", level), applied);
  if (applied.set.size() > before) applied.told.push_back(used(file, applied.set, before));
}

// False when the file may be the work of others, which is told.
bool is_own_work(const fs::path& file, SettingsApplied& applied) {
  const auto reason = work_of_others(file);
  if (!reason) return true;
  applied.told.push_back(fmt::format("settings in {} are not read: {}; --config reads them",
                                     sysboot::to_text(file), *reason));
  return false;
}

void apply_found_file(CLI::App& app, CLI::App& command, SettingsApplied& applied) {
  const CLI::Option* image = command.get_option_no_throw("image");
  const bool is_named = image != nullptr && !image->empty();
  const auto files =
      find_settings_files(sysboot::to_path(is_named ? image->results().front() : ""));
  for (const fs::path& file : files) {
    if (is_own_work(file, applied)) return apply_file(app, command, file, found, applied);
  }
}

void apply_own_file(CLI::App& app, CLI::App& command, SettingsApplied& applied) {
  const auto file = own_settings_file();
  std::error_code code;
  if (!file || !fs::exists(*file, code)) return;
  if (is_own_work(*file, applied)) apply_file(app, command, *file, own, applied);
}

}  // namespace

void SettingsOptions::add_to(CLI::App& app) {
  auto* config = app.add_option("--config", file, "Read this settings file, not stm32boot.toml")
                     ->type_name("FILE");
  app.add_flag("--no-config", no_file, "Read no settings file")->excludes(config);
}

SettingsApplied apply_settings(CLI::App& app, CLI::App& command, const SettingsOptions& options) {
  SettingsApplied applied;
  apply(app, command, settings_in_environment(), applied);
  if (options.no_file) return applied;
  if (options.file.empty()) {
    apply_found_file(app, command, applied);
  } else {
    apply_file(app, command, sysboot::to_path(options.file), given, applied);
  }
  apply_own_file(app, command, applied);
  return applied;
}

}  // namespace stm32boot
