// SPDX-License-Identifier: GPL-3.0-or-later
// One virtual board as a USB/IP device: transfers come in, wait as long as the board makes them
// wait, and are answered when the wire would have carried them.
#pragma once

#include <deque>
#include <list>

#include "socket.hpp"
#include "sysboot/virtual/bus_board.hpp"
#include "sysboot/virtual/host.hpp"
#include "usbip_protocol.hpp"

namespace virtual_board {

class UsbipSession {
 public:
  /// A host that has more transfers under way, or more in them, is cut off; Linux has some dozens.
  static constexpr std::size_t most_pending = 1024;
  static constexpr std::size_t most_pending_bytes = Socket::most_kept;

  /// The board must stay attached as it is now until leave().
  UsbipSession(sysboot::virtual_bench::BusBoard& board, Socket socket,
               sysboot::virtual_bench::WireTimes wire = {});

  Socket& socket() { return socket_; }
  std::size_t pending() const { return control_.size() + in_.size() + out_.size(); }
  /// Takes in commands and completes what is due.
  void work(sysboot::TimePoint now);
  /// The board has left the bus: from now on transfers fail. The connection ends when the host has
  /// closed the board's ports, that is, waits for nothing from it any more, or when a hub would
  /// have told at the latest. Otherwise Linux would wait 5 s for what it tells a port that is being
  /// closed, and leave the whole hub alone meanwhile: vhci-hcd does not fail what a closed
  /// connection takes with it.
  void leave(sysboot::TimePoint now);
  /// When there is something to do without anything arriving.
  std::optional<sysboot::TimePoint> next_due(sysboot::TimePoint now) const;

 private:
  struct Transfer {
    Submit submit;
    Bytes out;
    std::optional<sysboot::TimePoint> due = {};  // when it will have crossed the wire
    bool dead = false;                           // never answered: only the host's patience ends it
  };

  bool take_command();
  bool is_for_another(const Submit& submit) const;
  void submit(const Submit& submit, Bytes out);
  void unlink(const Unlink& unlink);
  void fail(const Submit& submit, std::int32_t status);
  void run_control(sysboot::TimePoint now);
  void serve_control(Transfer& transfer, sysboot::TimePoint now);
  void run_bulk_in();
  void run_bulk_out(sysboot::TimePoint now);

  sysboot::virtual_bench::BusBoard& board_;
  Socket socket_;
  sysboot::virtual_bench::WireTimes wire_;
  std::deque<Transfer> control_;   // one after the other, as on endpoint 0
  std::list<Transfer> in_;         // waiting for the device to have something to say
  std::list<Transfer> out_;        // waiting for the device to take them
  std::size_t pending_bytes_ = 0;  // that they bring
  bool configured_ = false;
  std::optional<sysboot::TimePoint> left_at_;
};

}  // namespace virtual_board
