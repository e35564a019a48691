// SPDX-License-Identifier: GPL-3.0-or-later
#include "option_groups.hpp"

#include <fmt/core.h>

#include <algorithm>
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
  const auto problem = [](const std::string& text) -> std::string {
    const auto given = number_in(text);
    // Not CLI::Range: "nan" is neither below nor above anything.
    if (given && *given >= shortest_timeout && *given <= longest_timeout) return {};
    return fmt::format("'{}' is not from {} to {} seconds", sysboot::printable(text),
                       shortest_timeout, longest_timeout);
  };
  command.option("--timeout", seconds, help).check(problem);
}

sysboot::Duration TimeoutOption::value() const {
  return std::chrono::duration_cast<sysboot::Duration>(std::chrono::duration<double>(seconds));
}

void EnterFlags::add_to(OptionList command) {
  command.option("--firmware", firmware);
  command.option("--trigger", trigger);
  command.option("--text", text);
  timeout.add_to(command);
  command.option("--tries", tries).from_to(1, 100);
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
  // 08000000 is meant as hexadecimal, and would be taken for decimal.
  const bool is_doubtful = text.size() > 1 && text[0] == '0' && text[1] != 'x' && text[1] != 'X';
  const auto value = number_of_32_bits(text, "address");
  if (value && !is_doubtful) return value;
  throw Error(Errc::usage, fmt::format("'{}' is no address; write it as 0x08000000", text));
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
