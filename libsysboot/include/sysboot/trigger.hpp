// SPDX-License-Identifier: GPL-3.0-or-later
// Triggers: the ways to make an application reboot into the ROM.
#pragma once

#include "sysboot/board.hpp"
#include "sysboot/job.hpp"

namespace sysboot {

/// One small strategy. Firing it sends something and returns; whether it worked shows on the bus.
class Trigger {
 public:
  Trigger() = default;
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;
  virtual ~Trigger() = default;

  virtual std::string name() const = 0;
  /// Errors: only those that keep it from being sent at all (the port cannot be opened). A port
  /// that vanishes while sending is a sign of success. Returns what the firmware answered, if
  /// anything.
  virtual std::string fire(const Job& job, const Board& board) const = 0;
};

using Triggers = std::vector<std::unique_ptr<Trigger>>;

/// What the user asked for.
struct TriggerChoice {
  std::string name = "auto";  ///< "auto", "touch-1200", "text", "dfu-detach"
  Bytes text;                 ///< for "text"
};

/// Those that fit this board, in the order in which they are tried. For "auto" this order does no
/// harm to unknown firmware: dfu-detach where there is a DFU run-time interface, the line `dfu`
/// where the companion firmware's product string is seen, the touch where there is a serial port.
/// Text never goes to firmware we do not know. Errors: usage (no such trigger; text without text; a
/// trigger that needs what the board lacks).
Triggers choose_triggers(const Board& board, const TriggerChoice& choice);

/// Names for --trigger, "auto" first.
const std::vector<std::string>& trigger_names();

/// C escapes in text from the command line: \r \n \t \0 \\ \" \' \xNN \NNN (octal).
/// Error: usage, for anything else behind a backslash.
Bytes unescape(std::string_view text);

/// iProduct of firmware/blackpill, which reboots on a line `dfu`.
inline constexpr std::string_view companion_product = "stm32boot Black Pill";

}  // namespace sysboot
