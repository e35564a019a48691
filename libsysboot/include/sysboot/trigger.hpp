// SPDX-License-Identifier: GPL-3.0-or-later
// Triggers: the ways to make an application reboot into the ROM.
#pragma once

#include "sysboot/board.hpp"
#include "sysboot/job.hpp"

namespace sysboot {

/// What the application made of a trigger, as far as it said so.
struct Reply {
  enum class End {
    sent,     ///< everything was sent
    stopped,  ///< the firmware did not answer as it should, so the decisive part was not sent
    refused,  ///< the firmware said no
  };
  End end = End::sent;
  std::string said;    ///< what the firmware answered, if anything, in one line
  std::string why;     ///< stopped and refused: what did not come, or what it said
  bool final = false;  ///< refused, and nothing else may be tried either
};

/// One small strategy. Firing it sends something and returns; whether it worked shows on the bus.
class Trigger {
 public:
  Trigger() = default;
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;
  virtual ~Trigger() = default;

  virtual std::string name() const = 0;
  /// Errors: only those that keep it from being sent at all (the port cannot be opened). A port
  /// that vanishes while sending is a sign of success.
  virtual Reply fire(const Job& job, const Board& board) const = 0;
};

using Triggers = std::vector<std::unique_ptr<Trigger>>;

/// What the user asked for.
struct TriggerChoice {
  std::string name = "auto";  ///< "auto", "touch-1200", "text", "dfu-detach"
  Bytes text = {};            ///< for "text"
  std::string firmware = {};  ///< a profile (profile.hpp), instead of `name`; empty for none
};

/// Errors: usage, for what can be asked of no board: no such trigger or profile; text without text.
void check_trigger(const TriggerChoice& choice);

/// Those that fit this board, in the order in which they are tried. For "auto": dfu-detach where
/// there is a DFU run-time interface, the ways of a profile whose firmware the board is certain to
/// run, the touch where there is a serial port. Text never goes to firmware we do not know. What
/// may be asked at all without being named is for Relevance (board.hpp) to say. Errors: those of
/// check_trigger; usage, for a trigger that needs what the board lacks, and for a profile on a
/// board that is certain to run another.
Triggers choose_triggers(const Board& board, const TriggerChoice& choice);

/// Names for TriggerChoice, "auto" first.
const std::vector<std::string>& trigger_names();

/// C escapes in text from the command line: \r \n \t \0 \\ \" \' \xNN \NNN (octal).
/// Error: usage, for anything else behind a backslash.
Bytes unescape(std::string_view text);

}  // namespace sysboot
