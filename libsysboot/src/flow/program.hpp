// SPDX-License-Identifier: GPL-3.0-or-later
// What flashing does to flash itself: compare, erase, write, prove.
#pragma once

#include "sysboot/flash.hpp"

namespace sysboot {

/// What plan_writes has to know of the device.
WriteSizes write_sizes(const DfuseSession& dfu);

/// All of it once, from wherever the flash stands.
void program(const Job& job, DfuseSession& dfu, const FlashPlan& plan, const FlashOptions& options,
             FlashResult& result);

}  // namespace sysboot
