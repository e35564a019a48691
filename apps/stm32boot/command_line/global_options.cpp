// SPDX-License-Identifier: GPL-3.0-or-later
#include "global_options.hpp"

#include <fmt/core.h>

#include <charconv>

#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

constexpr double fastest = 1000;
constexpr std::size_t most_boards = 32;

}  // namespace

void GlobalOptions::add_to(OptionList program) {
  program.flag_or_value("--virtual", virtual_file);
  program.option("--virtual-speed", virtual_speed).check([](const std::string& text) {
    const auto speed = number_in(text);
    if (speed && *speed >= 0 && *speed <= fastest) return std::string();
    return fmt::format("'{}' is not a number from 0 to {}", sysboot::printable(text), fastest);
  });
  program.hidden_option("--virtual-board", virtual_boards);
  program.flag("--json", json);
  program.flag("-q,--quiet", quiet);
  program.flag("-v,--verbose", verbosity);
  program.option("--progress", progress);
  program.option("--color", color);
}

std::optional<std::size_t> GlobalOptions::virtual_count() const {
  const bool is_number = virtual_file.find_first_not_of("0123456789") == std::string::npos;
  if (virtual_file.empty() || !is_number) return std::nullopt;
  std::size_t count = 0;
  std::from_chars(virtual_file.data(), virtual_file.data() + virtual_file.size(), count);
  if (count >= 1 && count <= most_boards) return count;
  throw sysboot::Error(sysboot::Errc::usage,
                       fmt::format("--virtual={}: from 1 to {} boards; a file with such a name is "
                                   "./{}",
                                   virtual_file, most_boards, virtual_file));
}

void GlobalOptions::guess_from(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    const std::string flag = "--json";
    if (word == flag) json = true;
    if (word.starts_with(flag + '=')) json = flag_in(word.substr(flag.size() + 1)).value_or(json);
    if (word.starts_with("--virtual")) virtual_file = CommandLine::no_value;
  }
}

When when(const std::string& word) {
  if (word == "always") return When::always;
  return word == "never" ? When::never : When::automatic;
}

}  // namespace stm32boot
