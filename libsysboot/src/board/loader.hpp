// SPDX-License-Identifier: GPL-3.0-or-later
// Which bootloader a device is.
#pragma once

#include "sysboot/board.hpp"

namespace sysboot {

/// The row with this id, if there is one.
const Loader* find_loader(const UsbDeviceInfo& device);
/// By its id. Clones take over ST's layouts, but not the amounts of RAM.
bool is_st_rom(const UsbDeviceInfo& device);

}  // namespace sysboot
