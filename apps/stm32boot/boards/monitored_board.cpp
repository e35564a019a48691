// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitored_board.hpp"

#include <algorithm>
#include <utility>

#include "sysboot/error.hpp"

namespace stm32boot {

using sysboot::Board;
using sysboot::BoardMode;
using sysboot::Errc;
using sysboot::Error;

MonitoredBoard::MonitoredBoard(sysboot::Host& host, const Board& board) : host_(host) {
  keep(board);
}

MonitoredBoard::MonitoredBoard(sysboot::Host& host, sysboot::Selector selector)
    : host_(host), selector_(std::move(selector)) {}

MonitoredBoard::Look MonitoredBoard::look() {
  if (port_path_.empty()) {
    try {
      if (!find()) return {};
    } catch (const Error& error) {
      // It is there, but no USB device's; whether it is a serial port, opening it says.
      if (error.code() != Errc::usage || selector_.port.empty()) throw;
      return {State::ready, {{}, BoardMode::application, {{selector_.port, {}, 0}}}};
    }
  }
  if (is_in_use()) return {State::in_use, {}};
  auto board = board_at(host_, port_path_);
  if (!board) return {};
  if (board->mode != BoardMode::application) return {State::in_bootloader, std::move(*board)};
  if (board->ports.empty()) return {State::without_port, std::move(*board)};
  if (!interface_number_) interface_number_ = board->ports.front().interface_number;
  std::stable_partition(board->ports.begin(), board->ports.end(), [&](const auto& port) {
    return port.interface_number == *interface_number_;
  });
  return {State::ready, std::move(*board)};
}

bool MonitoredBoard::is_in_use() const {
  return can_come_back() && host_.is_locked_elsewhere(port_path_);
}

std::string MonitoredBoard::name() const {
  return port_path_.empty() ? selector_.describe() : "board " + port_path_;
}

// False while it is not there.
bool MonitoredBoard::find() {
  try {
    keep(find_board(host_, selector_));
    return true;
  } catch (const Error& error) {
    const bool may_come =
        error.code() == Errc::no_board && !selector_.empty() && !host_.usb_unavailable();
    if (!may_come) throw;
    return false;
  }
}

// Names of serial ports change when it comes back; the numbers of its interfaces do not.
void MonitoredBoard::keep(const Board& board) {
  port_path_ = board.port_path();
  if (!board.ports.empty()) interface_number_ = board.ports.front().interface_number;
}

}  // namespace stm32boot
