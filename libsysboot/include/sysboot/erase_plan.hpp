// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be erased, and which sectors that means.
#pragma once

#include <variant>

#include "sysboot/layout.hpp"

namespace sysboot {

struct EraseAll {};

/// Sectors by number, from 0, as the reference manuals count them; each from first to last.
struct EraseSectors {
  struct Run {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  std::vector<Run> runs;
};

struct EraseRange {
  std::uint32_t address = 0;
  std::uint64_t length = 0;
};

using EraseRequest = std::variant<EraseAll, EraseSectors, EraseRange>;

/// Errors: usage, for a request that fits no device: no sectors, a first one behind the last, a
/// length of 0, or a range with its end beyond 32 bits.
void check_request(const EraseRequest& request);

/// Which sectors that means, in order of address, each once. Pure. Errors: those of check_request;
/// usage, for a sector that is not there, a range that does not begin and end with a sector
/// (erasing would take more than was asked for), and for memory that cannot be erased.
std::vector<Sector> plan_erase(const EraseRequest& request, const MemoryLayout& layout);

}  // namespace sysboot
