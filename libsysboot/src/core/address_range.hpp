// SPDX-License-Identifier: GPL-3.0-or-later
// What can be said of an address and a length without knowing the device.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

/// Errors: usage, for a length of 0 ("a length of 0 leaves nothing to read"), and for an end that
/// is beyond 32 bits.
void check_address_range(std::uint32_t address, std::uint64_t length, std::string_view verb);

}  // namespace sysboot
