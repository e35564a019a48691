// SPDX-License-Identifier: GPL-3.0-or-later
// Story one: from a running application into the ROM bootloader.
#pragma once

#include "sysboot/board.hpp"
#include "sysboot/error.hpp"
#include "sysboot/job.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

struct EnterOptions {
  TriggerChoice trigger;
  int tries = 3;  ///< how often a trigger is fired when the board bounces
  /// How long a board may take to leave the bus after a trigger, measured from when the bus last
  /// changed: many boards that reboot behind one hub leave one after the other. Alone it takes a
  /// few ms to 300 ms (measured). Firmware that said that it reboots may take back_within.
  Duration gone_within = std::chrono::seconds(2);
  /// How long it may then take to come back. AN2606 table 229: 250 ms for the F411's USB; hosts add
  /// up to 1.8 s (betaflight-configurator PR 2836).
  Duration back_within = std::chrono::seconds(10);
  /// False: a board that runs its application is left alone. Error then: not_in_dfu_mode.
  bool may_reboot = true;
};

/// Errors: usage, for options that fit no board: those of check_trigger; less than one try.
void check_options(const EnterOptions& options);

enum class Outcome {
  already,  ///< it was in DFU mode; nothing was sent
  entered,
  bounced,  ///< the application came back, every time
  ignored,  ///< it never left the bus
  lost,     ///< it left, and nothing came back
};
std::string_view to_string(Outcome outcome);

struct EnterResult {
  Outcome outcome = Outcome::already;
  Board before;
  std::optional<Board> board;        ///< in its bootloader; set for already and entered
  std::string trigger;               ///< the one that worked, or the last one fired
  std::vector<std::string> tried;    ///< names, in order
  int fired = 0;                     ///< how often, all triggers together
  std::string answer;                ///< what the firmware said, if anything, in one line
  std::vector<std::string> remarks;  ///< why triggers were stopped or refused, in order
  bool forbidden = false;  ///< the firmware refused in a way that ended it, such as "armed"
  std::vector<Board>
      other_new_dfu_boards;  ///< boards that entered DFU mode meanwhile and are not taken for ours
  std::optional<std::string> enumeration_failure;  ///< lost: what the system says about its port
  Duration back_within{};                          ///< as the options had it
  Duration took{};

  bool in_dfu_mode() const { return board.has_value(); }
  /// Why it is not, as an error: bounced, ignored or lost.
  [[nodiscard]] std::optional<Error> problem() const;
  /// The board in DFU mode. Error: problem().
  [[nodiscard]] const Board& require() const;
};

/// Finds the one board, fires what fits, and follows it by its USB port path until it is back as a
/// DFU device. Fails only where nothing could be sent; every way it can end afterwards is an
/// outcome. Errors: those of check_options, before the board is looked for, as in every story; of
/// find_board; usage, for a trigger that needs what the board lacks, and for a firmware on a board
/// that is certain to run another; busy, not_permitted and such, where no trigger could be sent.
[[nodiscard]] EnterResult enter(const Job& job, const Selector& selector,
                                const EnterOptions& options);

/// "DFU mode", or the name of another bootloader: "the Katapult bootloader".
[[nodiscard]] std::string bootloader_name(const Board& board);

}  // namespace sysboot
