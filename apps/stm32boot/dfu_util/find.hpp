// SPDX-License-Identifier: GPL-3.0-or-later
// Which board dfu-util's options mean, among what is on the bus.
#pragma once

#include "sysboot/board.hpp"
#include "sysboot/dfu_interface.hpp"
#include "sysboot/layout.hpp"
#include "words.hpp"

namespace stm32boot::dfu_util {

/// What settings say of the board; the command line comes first.
struct Chosen {
  sysboot::Selector board;
  std::string firmware;
};

struct Target {
  enum class Kind {
    none,
    ours,     ///< in ST's ROM, or an application that is taken there
    foreign,  ///< for dfu-util itself: another bootloader, or an application of another kind
  };
  Kind kind = Kind::none;
  std::optional<sysboot::Board> board = {};  ///< what it is; none when only its ids were given
};

/// A board in DFU mode comes before any that runs its application. An application is taken when it
/// is named (-d with its ids, -p, -S, or settings), and without that when it is certain to be meant
/// (find_board). Errors: ambiguous_board; those of dfu_interfaces, for a device with the ROM's ids.
Target find_target(sysboot::Host& host, const Words& words, const Chosen& chosen);

/// A device that runs an application with a DFU interface which is not one of ours. Without -s it
/// may be meant, and with ids in -d it is.
std::optional<sysboot::Board> find_foreign(sysboot::Host& host, const Words& words);

/// None where its name is no layout.
std::optional<sysboot::MemoryLayout> layout_of(const sysboot::DfuInterface& interface);

/// Does it fit -p, -n, and what -d and -S say of bootloaders or of applications?
bool fits_as_bootloader(const sysboot::UsbDeviceInfo& device, const Words& words);
bool fits_as_application(const sysboot::UsbDeviceInfo& device, const Words& words);

}  // namespace stm32boot::dfu_util
