// SPDX-License-Identifier: GPL-3.0-or-later
// Into DFU mode to look at something, and back to where the board was.
#pragma once

#include <functional>

#include "sysboot/visit.hpp"

namespace sysboot {

/// Finds the board, brings it into DFU mode, and lets `look` use it, which is called again when a
/// transfer fails in passing. When its application was running, that is started again afterwards
/// (start_again), also when `look` fails (work_or_give_back).
Visit visit(const Job& job, const Selector& selector, const VisitOptions& options,
            const std::function<void(DfuseSession&)>& look);

}  // namespace sysboot
