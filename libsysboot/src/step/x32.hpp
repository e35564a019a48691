// SPDX-License-Identifier: GPL-3.0-or-later
// Erasing and programming 32 bits at a time instead of 8, on ROMs that can be told to.
#pragma once

#include <functional>

#include "dfuse/session.hpp"

namespace sysboot {

/// Errors: usage, when nothing is to be read back: it is the only sign of a supply that is too low.
void require_verify_with_x32(bool x32, bool verify);

/// The alternate setting at which the ROM is told its supply voltage. Error: usage, when there is
/// none, or the chip is of no line that has it (AN2606 section 4.4); protocol, when it may be the
/// one whose name cannot be read.
std::size_t require_voltage_setting(DfuseSession& dfu);

/// With `x32`, does the work while the ROM takes its supply for 2.7 V or more (AN2606 table 4):
/// what is programmed then takes a quarter of the time, erasing half of it (DS-F411 table 45). The
/// ROM forgets this when it is reset or left; it is taken back after the work all the same. Errors:
/// those of require_voltage_setting, and protocol, when the ROM does not take it, before any work;
/// those of the work.
void work_with_x32(const Job& job, DfuseSession& dfu, bool x32, const std::function<void()>& work);

}  // namespace sysboot
