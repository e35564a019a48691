// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/port.hpp"

#include <algorithm>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr unsigned usual_baud = 115200;

}  // namespace

PortOpener::PortOpener(Host& host, Board board, Duration settles)
    : host_(host), board_(std::move(board)), settles_(settles), start_(host.now()) {
  if (board_.ports.empty()) throw Error(Errc::usage, board_.describe() + " has no serial port");
}

std::unique_ptr<SerialPort> PortOpener::attempt() {
  // Before the attempt, so that one is always made after the end, too.
  const Duration waited = host_.now() - start_;
  std::unique_ptr<SerialPort> port;
  try {
    port = host_.open_serial(board_.ports.front().path);
  } catch (const Error& error) {
    if (!may_pass(error, waited)) throw;
    return nullptr;
  }
  require_ours();
  return port;
}

bool PortOpener::may_pass(const Error& error, Duration waited) {
  const bool is_busy = error.code() == Errc::busy;
  const bool may_settle =
      is_busy || error.code() == Errc::not_permitted || error.code() == Errc::no_board;
  if (may_settle && waited < settles_) return true;
  if (!is_busy || waited >= probing_ends) return false;
  // Whoever held it may have gone between the attempt and the look: so one attempt after it.
  const bool is_probed = host_.is_being_probed(board_.ports.front().path);
  const bool passes = is_probed || !was_not_probed_;
  was_not_probed_ = !is_probed;
  return passes;
}

// While many boards reboot, names of serial ports change hands; an open port keeps its name.
void PortOpener::require_ours() const {
  const SerialPortInfo& ours = board_.ports.front();
  if (board_.port_path().empty()) return;
  const auto ports = host_.serial_ports();
  const bool is_ours = std::any_of(ports.begin(), ports.end(), [&](const SerialPortInfo& info) {
    return info.path == ours.path && info.port_path == board_.port_path();
  });
  if (!is_ours) throw Error(Errc::no_board, ours.path + " belongs to another board by now");
}

void prepare_console(SerialPort& port) {
  if (port.baud() == touch_baud) port.set_baud(usual_baud);
  port.set_dtr(true);  // much firmware only talks to a port that someone has opened
}

}  // namespace sysboot
