// SPDX-License-Identifier: GPL-3.0-or-later
#include "fire.hpp"

#include "core/timing.hpp"
#include "sysboot/port.hpp"

namespace sysboot {
namespace {

// Is the board still there as the same device? A new address means that it enumerated again.
bool still_there(Host& host, const Board& board) {
  for (const auto& device : host.usb_devices()) {
    if (device.port_path == board.port_path()) return device.address == board.usb.address;
  }
  return false;
}

}  // namespace

// The driver only tells the device about changes, and the device only acts on a falling DTR.
void touch(const Job& job, const Board& board, SerialPort& port) {
  const unsigned before = port.baud();
  port.set_dtr(true);
  port.set_rts(true);
  job.host.sleep(timing::lines_settle);
  port.set_baud(touch_baud);
  port.set_rts(false);
  port.set_dtr(false);
  const bool gone = job.wait_until(job.host.now() + timing::touch_acts,
                                   [&] { return !still_there(job.host, board); });
  // The rate outlives the open port: left at 1200, the next program to open it would touch the
  // board.
  if (!gone) port.set_baud(before);
}

}  // namespace sysboot
