// SPDX-License-Identifier: GPL-3.0-or-later
// Firing a trigger: one executor works through the steps of any way.
#pragma once

#include <memory>

#include "sysboot/board.hpp"
#include "sysboot/job.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

/// What the application made of a trigger, as far as it said so.
struct Reply {
  enum class End {
    sent,     ///< everything was sent
    stopped,  ///< the firmware did not answer as it should, so the decisive part was not sent
    refused,  ///< the firmware said no
  };
  End end = End::sent;
  std::string said;     ///< what the firmware answered, if anything, in one line
  bool agreed = false;  ///< it said that it does it (Confirm)
  std::string why;      ///< stopped and refused: what did not come, or what it said
  bool final = false;   ///< refused, and nothing else may be tried either
};

/// Errors: only those that keep it from being sent at all (the port cannot be opened).
Reply fire(const Job& job, const Board& board, const Way& way);

/// The steps that talk to more than an open port.
void touch(const Job& job, const Board& board, SerialPort& port);
void detach(const Job& job, const Board& board);

/// Opens the board's device, which many users may not, although they may open its port: waits
/// 500 ms for the permission only when it has none. Errors: those of Host::open_usb.
std::unique_ptr<UsbDevice> open_device(const Job& job, const Board& board);

}  // namespace sysboot
