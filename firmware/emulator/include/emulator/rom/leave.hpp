// SPDX-License-Identifier: GPL-3.0-or-later
// How the ROM leaves the chip when it jumps to an application.
#pragma once

#include "emulator/machine.hpp"

namespace emulator {

/// Without a reset: clocks as the ROM had them for USB, AHB1ENR 0, the watchdog's prescaler at its
/// slowest, memory at 0 as it was, VTOR 0 (AN2606, F411 and 4.2, 4.8). The program whose vector
/// table is at `address` starts.
void leave_rom(Machine& machine, Address address);

}  // namespace emulator
