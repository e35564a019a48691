// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware by what it shows on USB: which is known by that, and what says nothing because templates
// show it. How it is asked to reboot is in trigger.hpp.
#pragma once

#include "sysboot/board.hpp"

namespace sysboot {

struct Firmware {
  std::string_view name;        ///< "betaflight"
  std::vector<UsbId> ids = {};  ///< seen with this firmware
  /// No other firmware has these ids, so that a board that shows one is known to run it.
  bool owns_ids = false;
  std::string_view product = {};  ///< iProduct that no other firmware shows; empty for none
  /// What its iProduct begins with: enough where the user says that it is this firmware.
  std::string_view product_begins = {};
  /// Made for this program, so that a board that runs it can be taken without being named. What
  /// others made is somebody's printer, car or instrument, and is only touched when it is meant.
  bool is_our_own = false;
};

/// One row for each profile. Sources: the projects' own descriptors, as read in their sources
/// (profiles.cpp); beginnings: lsusb and /dev/serial/by-id of Betaflight, NanoVNA-H4 and Flipper.
const std::vector<Firmware>& known_firmware();

/// The row with this name. Error: internal, when there is none.
const Firmware& firmware_named(std::string_view name);

/// The firmware that the board is certain to run, if it shows what only that one shows. Never by an
/// id that several share, such as 0483:5740.
const Firmware* recognise_firmware(const UsbDeviceInfo& device);

/// Does it say that it is this one, certain or not?
bool shows(const Firmware& firmware, const UsbDeviceInfo& device);

/// iProduct of a template that people start from, under ST's vendor id: says that nobody has given
/// the device a name yet, as with a board that is being developed for.
bool shows_template(const UsbDeviceInfo& device);

/// iProduct of firmware/blackpill, which reboots on a line `dfu`.
inline constexpr std::string_view companion_product = "stm32boot Black Pill";

}  // namespace sysboot
