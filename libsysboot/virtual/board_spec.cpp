// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/board_spec.hpp"

#include <fmt/core.h>

#include <charconv>
#include <functional>
#include <map>

#include "sysboot/error.hpp"
#include "sysboot/virtual/chip.hpp"
#include "sysboot/virtual/firmware.hpp"

namespace sysboot::virtual_bench {
namespace {

[[noreturn]] void bad(std::string_view item) {
  throw Error(Errc::usage, fmt::format("virtual board: '{}' is not understood", item));
}

unsigned number(std::string_view text, int base, std::string_view item) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) bad(item);
  return value;
}

template <typename Value>
Value lookup(const std::map<std::string_view, Value>& table, std::string_view key,
             std::string_view item) {
  const auto found = table.find(key);
  if (found == table.end()) bad(item);
  return found->second;
}

// "unplug@write:3"
Fault parse_fault(std::string_view text) {
  static const std::map<std::string_view, Fault::Action> actions = {
      {"stall", Fault::Action::stall},
      {"timeout", Fault::Action::timeout},
      {"io-error", Fault::Action::io_error},
      {"nak", Fault::Action::nak},
      {"unplug", Fault::Action::unplug}};
  static const std::map<std::string_view, Fault::Point> points = {
      {"transfer", Fault::Point::transfer},
      {"erase", Fault::Point::erase},
      {"write", Fault::Point::write},
      {"read", Fault::Point::read}};
  const std::size_t at = text.find('@');
  const std::size_t colon = text.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon < at) bad(text);
  return {lookup(actions, text.substr(0, at), text),
          lookup(points, text.substr(at + 1, colon - at - 1), text),
          number(text.substr(colon + 1), 10, text)};
}

FlashTimes parse_times(std::string_view text) {
  static const std::map<std::string_view, FlashTimes> times = {
      {"x8", FlashTimes::x8()}, {"x32", FlashTimes::x32()}, {"none", FlashTimes::none()}};
  return lookup(times, text, text);
}

void parse_id(BoardSettings& board, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) bad(text);
  board.application.vendor = static_cast<std::uint16_t>(number(text.substr(0, colon), 16, text));
  board.application.product = static_cast<std::uint16_t>(number(text.substr(colon + 1), 16, text));
}

void parse_detach(BoardSettings& board, std::string_view text) {
  if (!text.empty() && text != "reset") bad(text);
  board.application.has_dfu_runtime = true;
  board.application.will_detach = text.empty();
}

void parse_erase_unit(BoardSettings& board, std::string_view text) {
  board.rom.erase_unit = number(text, 10, text);
  if (board.rom.erase_unit < 1 || board.rom.erase_unit > 8) bad(text);
}

void parse_option_bytes(BoardSettings& board, std::string_view text) {
  if (text.size() != 2 * board.rom.option_bytes.size()) bad(text);
  for (std::size_t i = 0; i < board.rom.option_bytes.size(); ++i) {
    board.rom.option_bytes[i] = static_cast<std::uint8_t>(number(text.substr(2 * i, 2), 16, text));
  }
}

using Apply = std::function<void(BoardSettings&, std::string_view value)>;

const std::map<std::string_view, Apply>& keys() {
  static const std::map<std::string_view, Apply> table = {
      {"product", [](auto& b, auto v) { b.application.product_name = v; }},
      {"firmware", [](auto& b, auto v) { b = board_with(v); }},
      {"chip", [](auto& b, auto v) { b.rom = rom_of(v); }},
      {"serial", [](auto& b, auto v) { b.application.serial = v; }},
      {"rom-serial", [](auto& b, auto v) { b.rom.serial = v; }},
      {"id", [](auto& b, auto v) { parse_id(b, v); }},
      {"line", [](auto& b, auto v) { b.application.reboot_line = v; }},
      {"no-touch", [](auto& b, auto) { b.application.obeys_touch = false; }},
      {"detach", [](auto& b, auto v) { parse_detach(b, v); }},
      {"bounces", [](auto& b, auto v) { b.bounces = static_cast<int>(number(v, 10, v)); }},
      {"lost", [](auto& b, auto) { b.never_returns = true; }},
      {"app-lost", [](auto& b, auto) { b.application_start = std::chrono::hours(1000); }},
      {"guard", [](auto& b, auto) { b.guarded = true; }},
      {"boot0", [](auto& b, auto) { b.boot0_held = true; }},
      {"mode", [](auto& b, auto v) { b.starts_in_rom = v == "dfu" ? true : (bad(v), false); }},
      {"times", [](auto& b, auto v) { b.rom.times = parse_times(v); }},
      {"rdp", [](auto& b, auto) { b.rom.read_protected = b.rom.leaves_when_protected = true; }},
      {"supply", [](auto& b, auto v) { b.rom.supply_mv = number(v, 10, v); }},
      {"erase-unit", [](auto& b, auto v) { parse_erase_unit(b, v); }},
      {"option-bytes", [](auto& b, auto v) { parse_option_bytes(b, v); }},
      {"fault", [](auto& b, auto v) { b.faults.push_back(parse_fault(v)); }},
  };
  return table;
}

}  // namespace

BoardSettings parse_board_spec(std::string_view text) {
  BoardSettings board;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    const std::size_t equals = item.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
    lookup(keys(), item.substr(0, equals), item)(board, value);
  }
  return board;
}

}  // namespace sysboot::virtual_bench
