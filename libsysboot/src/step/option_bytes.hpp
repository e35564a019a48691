// SPDX-License-Identifier: GPL-3.0-or-later
// The option bytes of a board in DFU mode.
#pragma once

#include "dfuse/session.hpp"
#include "sysboot/option_bytes.hpp"

namespace sysboot {

/// Error: protocol, where the device offers none.
std::size_t option_alternate(const std::vector<AltSetting>& memories);

/// Selects their memory, too.
OptionBytes load_option_bytes(const Job& job, DfuseSession& dfu);

}  // namespace sysboot
