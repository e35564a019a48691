// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>

#include "did_you_mean.hpp"
#include "settings_file.hpp"
#include "sysboot/error.hpp"
#include "sysboot/path.hpp"
#include "sysboot/types.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using Settings = std::vector<Setting>;

// All that may be set. What makes stm32boot erase, overwrite, unlock, skip a check, only pretend,
// or never end has to be on the command line each time: a file may come with a download.
constexpr std::array<std::string_view, 18> settable = {
    "port", "usb",  "serial",  "firmware",   "trigger", "text",  "timeout", "tries",    "address",
    "full", "stay", "no-wait", "timestamps", "json",    "quiet", "verbose", "progress", "color"};

// These say the same thing in several ways: who gives one of them, gives them all.
constexpr std::array<std::array<std::string_view, 3>, 2> alternatives = {
    {{"port", "usb", "serial"}, {"firmware", "trigger", "text"}}};

// Where it says what to erase, or what to keep a copy of, an address is no setting.
bool may_be_set(std::string_view command, std::string_view key) {
  const bool names_what = key == "address" && (command == "erase" || command == "read");
  return !names_what && std::find(settable.begin(), settable.end(), key) != settable.end();
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

Settings settings_in_environment() {
  Settings found;
  for (const auto key : settable) {
    const std::string name = variable(key);
    const char* value = std::getenv(name.c_str());
    if (value != nullptr && *value != '\0') found.push_back({"", std::string(key), {value}, name});
  }
  return found;
}

void check_section(const CLI::App& app, const Setting& setting) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const bool is_command = std::find(names.begin(), names.end(), setting.command) != names.end();
  if (setting.command.empty() || is_command) return;
  throw Error(Errc::usage,
              fmt::format("unknown command [{}]{}", sysboot::printable(setting.command),
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

void check_key(CLI::App& app, const Setting& setting) {
  const std::string& key = setting.key;
  std::vector<std::string> known;
  bool exists = false;
  for (CLI::App* place : apps_of(app, setting)) {
    exists = exists || find(*place, key) != nullptr;
    for (const auto name : settable) {
      if (find(*place, name) == nullptr || !may_be_set(place->get_name(), name)) continue;
      if (name == key) return;
      known.emplace_back(name);
    }
  }
  if (exists) {
    throw Error(
        Errc::usage,
        fmt::format("'{}' cannot be set here: it has to be on the command line each time", key));
  }
  throw Error(Errc::usage,
              fmt::format("unknown key '{}'{}", sysboot::printable(key), did_you_mean(key, known)));
}

void check(CLI::App& app, const Settings& settings) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Setting& setting : settings) {
    try {
      if (std::find(setting.values.begin(), setting.values.end(), "") != setting.values.end()) {
        throw Error(Errc::usage, fmt::format("'{}' is empty", sysboot::printable(setting.key)));
      }
      check_section(app, setting);
      check_key(app, setting);
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

void apply(CLI::App& app, CLI::App& command, const Settings& level, SettingsApplied& applied) {
  const auto taken = decided(command);
  for (const Setting& setting : level) {
    CLI::Option* own = find(command, setting.key);
    CLI::Option* option = own != nullptr ? own : find(app, setting.key);
    if (option == nullptr || !may_be_set(command.get_name(), setting.key)) continue;
    if (!option->empty() || taken.contains(setting.key)) continue;
    give(*option, setting);
    applied.push_back(fmt::format(
        "{} = {} ({})", setting.key,
        sysboot::printable(fmt::format("{}", fmt::join(setting.values, ", "))), setting.source));
  }
}

Settings settings_for(const std::string& command, const Settings& all) {
  Settings some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some),
               [&](const Setting& setting) { return setting.command == command; });
  return some;
}

std::optional<std::filesystem::path> settings_file(const CLI::App& command,
                                                   const SettingsOptions& options) {
  if (options.no_file) return std::nullopt;
  if (!options.file.empty()) return sysboot::to_path(options.file);
  const CLI::Option* image = command.get_option_no_throw("image");
  const bool is_named = image != nullptr && !image->empty();
  return find_settings_file(sysboot::to_path(is_named ? image->results().front() : ""));
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
  const auto file = settings_file(command, options);
  if (!file) return applied;
  const Settings settings = read_settings_file(*file);
  check(app, settings);
  apply(app, command, settings_for(command.get_name(), settings), applied);
  apply(app, command, settings_for("", settings), applied);
  applied.insert(applied.begin(), "settings from " + sysboot::to_text(*file));
  return applied;
}

}  // namespace stm32boot
