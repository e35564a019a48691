// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/flash.hpp"

#include "step/steps.hpp"

namespace sysboot {

void check_options(const VisitOptions& options) {
  check_way_into_dfuse(options.enter);
}

}  // namespace sysboot
