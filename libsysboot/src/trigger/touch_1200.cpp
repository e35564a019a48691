// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/error.hpp"
#include "triggers.hpp"

namespace sysboot {
namespace {

// Long enough for the host to have told the device that DTR is high.
constexpr Duration lines_settle = std::chrono::milliseconds(20);
// Firmware acts at once (Klipper, CircuitPython) or after up to 250 ms (MicroPython, Arduino).
constexpr Duration leaves_within = std::chrono::milliseconds(300);

class Touch1200 : public Trigger {
 public:
  std::string name() const override { return "touch-1200"; }

  Reply fire(const Job& job, const Board& board) const override {
    const auto port = open_first_port(job, board);
    try {
      touch(job, board, *port);
    } catch (const Error& error) {
      if (error.code() != Errc::serial_io) throw;
      job.note(Note::Level::debug, std::string("touch-1200: ") + error.what());
    }
    return {};
  }

 private:
  static void touch(const Job& job, const Board& board, SerialPort& port) {
    const unsigned before = port.baud();
    // The driver only tells the device about changes, and the device only acts on a falling DTR.
    if (before == touch_baud) port.set_baud(usual_baud);
    port.set_dtr(true);
    port.set_rts(true);
    job.host.sleep(lines_settle);
    port.set_baud(touch_baud);
    port.set_rts(false);
    port.set_dtr(false);
    const bool gone = job.wait_until(job.host.now() + leaves_within,
                                     [&] { return !still_there(job.host, board); });
    // The rate outlives the open port: left at 1200, the next program to open it would touch the
    // board.
    if (!gone) port.set_baud(before == touch_baud ? usual_baud : before);
  }
};

}  // namespace

std::unique_ptr<Trigger> make_touch_1200() {
  return std::make_unique<Touch1200>();
}

}  // namespace sysboot
