// SPDX-License-Identifier: GPL-3.0-or-later
// How the ROM leaves the chip when it jumps to an application.
#pragma once

#include "emulator/machine.hpp"

namespace emulator {

enum class Leave {
  clean,  ///< all that it has set up for itself is undone, as the F413's ROM V9.0 does
  as_is,  ///< clocks, watched by the clock security system, OTG, SYSCFG and TIM11 stay on
};

/// Without a reset: AHB1ENR 0, three wait states, the watchdog's prescaler at its slowest (AN2606,
/// F411 and 4.2, 4.8), and VTOR 0, which the F413's ROM leaves at its own table (measured; an
/// F411's starts programs that never set it: Black Magic Probe dcf1e417). The program whose vector
/// table is at `address` starts.
void leave_rom(Machine& machine, Address address, Leave how = Leave::clean);

}  // namespace emulator
