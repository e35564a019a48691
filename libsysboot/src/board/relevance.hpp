// SPDX-License-Identifier: GPL-3.0-or-later
// When a device is taken for the board that is meant.
#pragma once

#include "sysboot/board.hpp"

namespace sysboot {

/// When a device is taken for the board that is meant.
enum class Relevance {
  /// Without being named: in ST's ROM or another bootloader that is known to speak DfuSe
  /// (known_loaders), or in an application of our own (firmware.hpp).
  board,
  /// Without being named, if it is the only one that fits: has a serial port under ST's vendor id,
  /// and the product name of a template (shows_template).
  generic,
  /// Only when it is named (Selector): whatever else has a serial port, a DFU interface or a
  /// bootloader. Most such devices are no STM32 boards, and of the boards most belong to something.
  only_named,
  none,  ///< never: a debug probe, or nothing that we could talk to
};
/// Pure.
Relevance relevance_of(const UsbDeviceInfo& device, bool has_serial_port);

}  // namespace sysboot
