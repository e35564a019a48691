// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.hpp"

#include <cstdlib>

#include "command_line/option_groups.hpp"
#include "commands/commands.hpp"

namespace stm32boot::dfu_util {
namespace {

std::vector<std::string> values_of(const OptionList& command, const std::string& name) {
  return command.find(name).value().values();
}

std::string value_of(const OptionList& command, const std::string& name,
                     const std::string& otherwise = {}) {
  const auto values = values_of(command, name);
  return values.empty() ? otherwise : values.front();
}

bool is_on(const OptionList& command, const std::string& name) {
  return command.find(name).value().is_on();
}

sysboot::EnterOptions enter_options(const OptionList& flash) {
  EnterFlags flags;
  flags.firmware = value_of(flash, "--firmware");
  flags.trigger = value_of(flash, "--trigger", flags.trigger);
  flags.text = value_of(flash, "--text");
  flags.timeout.text = value_of(flash, "--timeout");
  flags.tries = std::stoi(value_of(flash, "--tries", std::to_string(flags.tries)));
  flags.no_enter = is_on(flash, "--no-enter");
  return flags.values();
}

bool is_strict() {
  const char* value = std::getenv("STM32BOOT_STRICT");
  return value != nullptr && flag_in(value).value_or(false);
}

}  // namespace

Settings read_settings(const std::vector<std::string>& before, const std::string& file) {
  Declared declared;
  std::vector<std::string> words = before;
  words.insert(words.end(), {"flash", "--", file.empty() ? "-" : file});
  declared.line.parse(words);
  Settings settings;
  settings.applied = apply_settings(declared.line, declared.settings);
  settings.global = declared.options;
  settings.global.command = "dfu-util";
  settings.global.json = false;
  settings.global.progress = "never";  // the bars are dfu-util's

  const OptionList flash = declared.line.command();
  const SelectorOptions named{values_of(flash, "--port"), values_of(flash, "--usb"),
                              values_of(flash, "--serial")};
  settings.chosen = {named.one(), value_of(flash, "--firmware")};
  sysboot::FlashOptions& options = settings.flash;
  options.enter = enter_options(flash);
  options.run.back_within = options.enter.back_within;
  options.run.wait = !is_on(flash, "--no-wait");
  options.compare_first = !is_on(flash, "--full");
  options.keep = is_on(flash, "--keep");
  options.x32 = is_on(flash, "--x32");
  settings.is_strict = is_strict();
  return settings;
}

}  // namespace stm32boot::dfu_util
