// SPDX-License-Identifier: GPL-3.0-or-later
#include "address_range.hpp"

#include <fmt/core.h>

#include "sysboot/error.hpp"

namespace sysboot {

void check_address_range(std::uint32_t address, std::uint64_t length, std::string_view verb) {
  constexpr std::uint64_t addresses = std::uint64_t{1} << 32;
  if (length == 0) {
    throw Error(Errc::usage, fmt::format("a length of 0 leaves nothing to {}", verb));
  }
  if (length > addresses - address) {
    throw Error(Errc::usage, fmt::format("{} bytes at {} run past {}", length, hex32(address),
                                         hex32(addresses - 1)));
  }
}

}  // namespace sysboot
