// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/board.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "firmware.hpp"
#include "loader.hpp"
#include "reboots.hpp"
#include "relevance.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// ST-LINK probes offer a serial port under ST's vendor id, but are no boards.
// Source: OpenOCD and stlink device tables (V1 to V3).
constexpr std::array<std::uint16_t, 12> st_link_products = {
    0x3744, 0x3748, 0x374A, 0x374B, 0x374D, 0x374E, 0x374F, 0x3752, 0x3753, 0x3754, 0x3755, 0x3757};

bool is_debug_probe(const UsbDeviceInfo& device) {
  return device.vendor == st_vendor && std::find(st_link_products.begin(), st_link_products.end(),
                                                 device.product) != st_link_products.end();
}

// Bootloaders whose descriptors do not say what they are.
bool is_other_loader(const UsbDeviceInfo& device) {
  const Loader* loader = find_loader(device);
  return loader != nullptr && !loader->is_dfuse && !device.is_in_dfu_mode();
}

BoardMode mode_of(const UsbDeviceInfo& device) {
  if (device.is_in_dfu_mode()) return BoardMode::dfu;
  return is_other_loader(device) ? BoardMode::loader : BoardMode::application;
}

Board make_board(const UsbDeviceInfo& device, const std::vector<SerialPortInfo>& ports) {
  Board board{device, mode_of(device), {}};
  std::copy_if(ports.begin(), ports.end(), std::back_inserter(board.ports),
               [&](const SerialPortInfo& port) { return port.port_path == device.port_path; });
  std::stable_sort(board.ports.begin(), board.ports.end(),
                   [](const SerialPortInfo& a, const SerialPortInfo& b) {
                     return a.interface_number < b.interface_number;
                   });
  return board;
}

bool fits(const Board& board, const Selector& selector) {
  const bool port_fits =
      selector.port.empty() ||
      std::any_of(board.ports.begin(), board.ports.end(),
                  [&](const SerialPortInfo& port) { return port.path == selector.port; });
  return port_fits && (selector.port_path.empty() || selector.port_path == board.port_path()) &&
         (selector.serial.empty() || equal_in_any_case(selector.serial, board.usb.serial));
}

// The chosen port first: triggers use the first one.
void put_first(Board& board, const std::string& port) {
  std::stable_partition(board.ports.begin(), board.ports.end(),
                        [&](const SerialPortInfo& info) { return info.path == port; });
}

bool has_port(const RebootRecord& record, const std::string& port) {
  return std::find(record.ports.begin(), record.ports.end(), port) != record.ports.end();
}

// A board in its bootloader still goes by the serial port and the serial number that its
// application had. `selector` is what the user typed: a link such as /dev/serial/by-id/... means
// the board that it was for, whichever port it points at.
std::vector<Board> rebooted_boards(Host& host, const Selector& selector) {
  std::vector<Board> boards;
  for (const auto& record : host.reboots()) {
    const bool is_named =
        (selector.port.empty() || has_port(record, selector.port)) &&
        (selector.serial.empty() || equal_in_any_case(selector.serial, record.serial)) &&
        (selector.port_path.empty() || selector.port_path == record.port_path);
    if (!is_named) continue;
    if (auto board = rebooted_board(host, record)) boards.push_back(std::move(*board));
  }
  return boards;
}

bool is_taken_unnamed(const Board& board, std::string_view firmware) {
  const Relevance relevance = relevance_of(board.usb, !board.ports.empty());
  if (relevance == Relevance::board || relevance == Relevance::generic) return true;
  return relevance == Relevance::only_named && board.mode == BoardMode::application &&
         !firmware.empty() && shows(firmware_named(firmware), board.usb);
}

[[noreturn]] void several_fit(const std::vector<Board>& candidates, const Selector& selector) {
  std::string text = fmt::format("{} boards fit; choose one:", candidates.size());
  for (const auto& board : candidates) {
    text += fmt::format("\n  {:<8} {} mode, {}", board.port_path(), to_string(board.mode),
                        board.describe());
    const bool had_it = !selector.port.empty() && board.ports.empty();
    if (had_it) text += ", which had " + selector.port + " before it was rebooted";
  }
  throw Error(Errc::ambiguous_board, text).with_remedy(candidates.front().port_path());
}

[[noreturn]] void nothing_fits(Host& host, const Selector& selector) {
  if (const auto reason = host.usb_unavailable()) throw Error(Errc::no_board, *reason);
  throw Error(Errc::no_board,
              selector.empty() ? "no STM32 board found" : "no board fits " + selector.describe());
}

}  // namespace

std::string_view to_string(BoardMode mode) {
  switch (mode) {
    case BoardMode::application: return "application";
    case BoardMode::dfu: return "DFU";
    case BoardMode::loader: return "loader";
  }
  return "unknown";
}

std::string Board::describe() const {
  std::vector<std::string> facts;
  facts.push_back(usb.product_name.empty() ? usb.id() : printable(usb.product_name));
  for (const auto& port : ports) facts.push_back(port.path);
  if (!usb.serial.empty()) facts.push_back("serial " + printable(usb.serial));
  return fmt::format("{} ({})", port_path(), joined(facts));
}

std::string Selector::describe() const {
  std::vector<std::string> parts;
  if (!port.empty()) parts.push_back("serial port " + port);
  if (!port_path.empty()) parts.push_back("USB port " + port_path);
  if (!serial.empty()) parts.push_back("serial number " + serial);
  return joined(parts);
}

Relevance relevance_of(const UsbDeviceInfo& device, bool has_serial_port) {
  if (is_debug_probe(device)) return Relevance::none;
  const Loader* loader = find_loader(device);
  if (device.is_in_dfu_mode()) {
    return loader != nullptr && loader->is_dfuse ? Relevance::board : Relevance::only_named;
  }
  if (is_other_loader(device)) return Relevance::only_named;
  const Firmware* firmware = recognise_firmware(device);
  if (has_serial_port || device.dfu_runtime()) {
    if (firmware != nullptr && firmware->is_our_own) return Relevance::board;
    return has_serial_port && shows_template(device) ? Relevance::generic : Relevance::only_named;
  }
  // Some are asked without either of them, by a request of their own.
  return firmware != nullptr && firmware->owns_ids ? Relevance::only_named : Relevance::none;
}

std::vector<Board> list_boards(Host& host) {
  const auto ports = host.serial_ports();
  std::vector<Board> boards;
  std::vector<Board> others;
  for (const auto& device : host.usb_devices()) {
    Board board = make_board(device, ports);
    switch (relevance_of(device, !board.ports.empty())) {
      case Relevance::board:
      case Relevance::generic: boards.push_back(std::move(board)); break;
      case Relevance::only_named: others.push_back(std::move(board)); break;
      case Relevance::none: break;
    }
  }
  std::move(others.begin(), others.end(), std::back_inserter(boards));
  return boards;
}

std::optional<Board> board_at(Host& host, const std::string& port_path) {
  for (const auto& device : host.usb_devices()) {
    if (device.port_path == port_path) return make_board(device, host.serial_ports());
  }
  return std::nullopt;
}

std::vector<Sighting> look_around(Host& host) {
  std::vector<Sighting> seen;
  const auto ports = host.serial_ports();
  for (const auto& device : host.usb_devices()) {
    const Board board = make_board(device, ports);
    const std::string what =
        fmt::format("{} {} {}", device.port_path, device.id(), printable(device.product_name));
    const Relevance relevance = relevance_of(device, !board.ports.empty());
    if (is_debug_probe(device)) {
      seen.push_back({what, "a debug probe, not a board"});
    } else if (relevance == Relevance::board || relevance == Relevance::generic) {
      seen.push_back({board.describe(), "a board, but not the one that was asked for",
                      Sighting::Missing::name, board});
    } else if (relevance == Relevance::only_named) {
      seen.push_back(
          {board.describe(), "only used when it is named", Sighting::Missing::name, board});
    } else if (device.vendor == st_vendor) {
      seen.push_back({what, "made by ST, but it has neither a serial port nor a DFU interface"});
    }
    for (const auto& port : board.ports) {
      if (!host.may_open(port)) seen.push_back({port.path, "this user may not open it"});
    }
    if (device.is_in_dfu_mode() && !host.may_open(device)) {
      seen.push_back({what, "this user may not open it"});
    }
  }
  return seen;
}

Board find_board(Host& host, const Selector& selector, std::string_view firmware) {
  Selector wanted = selector;
  if (!wanted.port.empty()) wanted.port = host.canonical_port(wanted.port);

  std::vector<Board> candidates;
  for (auto& board : list_boards(host)) {
    const bool may_be_meant = !wanted.empty() || is_taken_unnamed(board, firmware);
    if (may_be_meant && fits(board, wanted)) candidates.push_back(std::move(board));
  }
  if (!selector.port.empty() || !selector.serial.empty()) {
    for (auto& board : rebooted_boards(host, selector)) {
      const bool is_known =
          std::any_of(candidates.begin(), candidates.end(),
                      [&](const Board& other) { return other.port_path() == board.port_path(); });
      if (!is_known) candidates.push_back(std::move(board));
    }
  }
  if (candidates.empty()) nothing_fits(host, selector);
  if (candidates.size() > 1) several_fit(candidates, selector);
  if (!wanted.port.empty()) put_first(candidates.front(), wanted.port);
  return std::move(candidates.front());
}

}  // namespace sysboot
