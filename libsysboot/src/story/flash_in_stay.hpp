// SPDX-License-Identifier: GPL-3.0-or-later
// Flashing a board that is in DFU mode already, for stories that end so.
#pragma once

#include <functional>

#include "step/dfu_stay.hpp"
#include "step/guarded.hpp"

namespace sysboot {

struct PlanWork {
  /// What is to be done; changes nothing, and may be asked again after a failed transfer.
  std::function<FlashWork(DfuseSession&)> plan;
  /// Hears of it before anything is changed; what it throws ends the story.
  std::function<void(const FlashWork&)> before = {};
};

/// From the plan to the application. Errors: those of flash from its plan on.
FlashResult flash_in_stay(const Job& job, DfuStay& stay, const PlanWork& plan_work,
                          const FlashOptions& options);

}  // namespace sysboot
