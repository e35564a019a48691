// SPDX-License-Identifier: GPL-3.0-or-later
// Which sectors a request to erase means.
#pragma once

#include "sysboot/erase.hpp"

namespace sysboot {

/// Which sectors that means, in order of address, each once. Pure. Errors: those of check_request;
/// usage, for a sector that is not there, a range that does not begin and end with a sector
/// (erasing would take more than was asked for), and for memory that cannot be erased.
std::vector<Sector> plan_erase(const EraseRequest& request, const MemoryLayout& layout);

}  // namespace sysboot
