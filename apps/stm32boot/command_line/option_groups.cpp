// SPDX-License-Identifier: GPL-3.0-or-later
#include "option_groups.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "did_you_mean.hpp"
#include "sysboot/error.hpp"
#include "sysboot/trigger.hpp"

namespace stm32boot {

using sysboot::Errc;
using sysboot::Error;

namespace {

constexpr double shortest_timeout = 0.1;
constexpr double longest_timeout = 3600;

// All of the text, decimal or 0x… Error: usage, for a number that has more than 32 bits.
std::optional<std::uint32_t> number_of_32_bits(std::string_view text, std::string_view what) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = text.substr(is_hex ? 2 : 0);
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hex ? 16 : 10);
  if (error == std::errc::result_out_of_range) {
    throw Error(Errc::usage, fmt::format("{} {} is beyond 32 bits", what, text));
  }
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "5", "5s", "500ms", "2min"; none when it is no time, too short or too long.
std::optional<double> seconds_in(std::string text) {
  static constexpr std::array<std::pair<std::string_view, double>, 3> units = {
      {{"ms", 0.001}, {"min", 60}, {"s", 1}}};
  double factor = 1;
  for (const auto& [unit, seconds] : units) {
    if (!text.ends_with(unit)) continue;
    text.resize(text.size() - unit.size());
    factor = seconds;
    break;
  }
  const auto number = number_in(text);
  if (!number) return std::nullopt;
  const double seconds = *number * factor;
  // Not outside of the limits: "nan" is neither below nor above anything.
  const bool is_right = seconds >= shortest_timeout && seconds <= longest_timeout;
  return is_right ? std::optional(seconds) : std::nullopt;
}

std::string only(const std::vector<std::string>& values, std::string_view option) {
  if (values.size() > 1) {
    throw Error(Errc::usage, fmt::format("{} is given {} times, but this is for one board", option,
                                         values.size()));
  }
  return values.empty() ? std::string() : values.front();
}

// A name that is nearly right; of others, the library says which there are.
void suggest(std::string_view what, const std::string& name,
             const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string meant = did_you_mean(name, known);
  if (meant.empty()) return;
  throw Error(Errc::usage, fmt::format("unknown {} '{}'{}", what, sysboot::printable(name), meant));
}

}  // namespace

void SelectorOptions::add_to(OptionList command) {
  command.option("-p,--port", ports);
  command.option("--usb", port_paths);
  command.option("--serial", serials);
}

bool SelectorOptions::is_repeated() const {
  return ports.size() > 1 || port_paths.size() > 1 || serials.size() > 1;
}

sysboot::Selector SelectorOptions::one() const {
  return {only(ports, "--port"), only(port_paths, "--usb"), only(serials, "--serial")};
}

std::vector<sysboot::Selector> SelectorOptions::each() const {
  std::vector<sysboot::Selector> all;
  for (const auto& port : ports) all.push_back({port, {}, {}});
  for (const auto& path : port_paths) all.push_back({{}, path, {}});
  for (const auto& serial : serials) all.push_back({{}, {}, serial});
  return all;
}

void TimeoutOption::add_to(OptionList command, const std::string& help) {
  const auto problem = [](const std::string& given) -> std::string {
    if (seconds_in(given)) return {};
    return fmt::format("'{}' is not from {} to {} seconds; write it as 5, 500ms or 2min",
                       sysboot::printable(given), shortest_timeout, longest_timeout);
  };
  command.option("--timeout", text, help).check(problem);
}

sysboot::Duration TimeoutOption::value() const {
  if (text.empty()) return sysboot::EnterOptions{}.back_within;
  return std::chrono::duration_cast<sysboot::Duration>(
      std::chrono::duration<double>(seconds_in(text).value()));
}

void EnterFlags::add_to(OptionList command) {
  command.option("--firmware", firmware);
  command.option("--trigger", trigger);
  command.option("--text", text);
  timeout.add_to(command);
  command.option("--tries", tries).from_to(1, 100);
  command.flag("--no-enter", no_enter);
}

// Three spellings of one choice.
sysboot::TriggerChoice EnterFlags::choice() const {
  std::string name = text.empty() || trigger != "auto" ? trigger : "text";
  if (name == "dfu") name = "dfu-detach";
  if (!text.empty() && name != "text") {
    throw Error(Errc::usage, "--text goes with --trigger text, not with " + trigger);
  }
  if (!firmware.empty() && name != "auto") {
    throw Error(Errc::usage, "--firmware says how to reboot it; --trigger and --text do, too");
  }
  if (firmware.empty()) {
    suggest("trigger", name, sysboot::trigger_names());
    return sysboot::trigger_named(name, sysboot::unescape(text));
  }
  std::vector<std::string> known;
  for (const auto& profile : sysboot::profiles()) known.emplace_back(profile.name);
  suggest("firmware", firmware, known);
  return {std::string(sysboot::find_profile(firmware).name), {}};
}

sysboot::EnterOptions EnterFlags::values() const {
  sysboot::EnterOptions options;
  options.trigger = choice();
  options.tries = tries;
  options.back_within = timeout.value();
  options.may_reboot = !no_enter;
  sysboot::check_options(options);
  return options;
}

void VisitFlags::add_to(OptionList command) {
  enter.add_to(command);
  command.flag("--stay", stay);
}

sysboot::VisitOptions VisitFlags::values() const {
  sysboot::VisitOptions options;
  options.enter = enter.values();
  options.run.back_within = options.enter.back_within;
  options.stay = stay;
  sysboot::check_options(options);
  return options;
}

void AddressOption::add_to(OptionList command, const std::string& help) {
  command.option("--address", text, help);
}

std::optional<std::uint32_t> AddressOption::value() const {
  if (text.empty()) return std::nullopt;
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  const auto value = number_of_32_bits(text, "address");
  // 08000000 is meant as hexadecimal, and would be taken for decimal.
  const bool is_doubtful = text.size() > 1 && text[0] == '0' && !is_hex;
  if (!value || is_doubtful) {
    throw Error(Errc::usage, fmt::format("'{}' is no address; write it as 0x08000000",
                                         sysboot::printable(text)));
  }
  // So is 8000000: memory that can be written begins at flash_base in all of these chips.
  if (!is_hex && *value != 0 && *value < sysboot::flash_base) {
    throw Error(Errc::usage, fmt::format("address {} is decimal, that is {}; write it as 0x{:0>8}",
                                         text, sysboot::hex32(*value), text));
  }
  return value;
}

void FlashFlags::add_to(OptionList command) {
  command.flag("--x32", x32);
  command.flag("--no-stamp", no_stamp);
  command.flag("--stay", stay, "Stay in DFU mode afterwards");
  command.flag("--no-wait", no_wait);
  command.flag("--force", force);
}

sysboot::FlashOptions FlashFlags::values(const EnterFlags& enter) const {
  sysboot::FlashOptions options;
  options.enter = enter.values();
  options.run.back_within = options.enter.back_within;
  options.run.wait = !no_wait;
  options.x32 = x32;
  options.stamp = !no_stamp;
  options.stay = stay;
  options.force = force;
  return options;
}

void LengthOption::add_to(OptionList command, const std::string& help) {
  command.option("--length", text, help);
}

std::optional<std::uint64_t> LengthOption::value() const {
  if (text.empty()) return std::nullopt;
  const char last = text.back();
  const std::uint64_t unit = last == 'K' || last == 'k' ? 1024 : last == 'M' ? 1024 * 1024 : 1;
  const auto count = number_of_32_bits(
      std::string_view(text).substr(0, text.size() - (unit > 1 ? 1 : 0)), "length");
  if (!count) {
    throw Error(Errc::usage, fmt::format("'{}' is no length; write it as 65536 or 64K", text));
  }
  return *count * unit;
}

}  // namespace stm32boot
