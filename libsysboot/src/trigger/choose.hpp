// SPDX-License-Identifier: GPL-3.0-or-later
// Which ways fit a board.
#pragma once

#include <optional>

#include "sysboot/board.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

/// Those that fit this board, in the order in which they are tried. Automatic: dfu-detach where
/// there is a DFU run-time interface, the ways of a profile whose firmware the board is certain to
/// run, the touch where there is a serial port. Text never goes to firmware we do not know. What
/// may be asked at all without being named is for Relevance (board.hpp) to say. Errors: those of
/// check_trigger; usage, for a way that needs what the board lacks, and for a profile on a board
/// that is certain to run another.
Ways choose_ways(const Board& board, const TriggerChoice& choice);

/// How the firmware is asked that the board is certain to run (recognise_firmware).
const Profile* recognise(const UsbDeviceInfo& device);

}  // namespace sysboot
