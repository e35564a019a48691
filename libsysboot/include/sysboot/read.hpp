// SPDX-License-Identifier: GPL-3.0-or-later
// From a board's memory into bytes.
#pragma once

#include "sysboot/visit.hpp"

namespace sysboot {

/// What to read. Without an address: from the start of internal flash. Without a length: up to the
/// end of the memory that goes on without a gap.
struct ReadRange {
  std::optional<std::uint32_t> address;
  std::optional<std::uint64_t> length;
};

/// A range that lies in one of a device's memories.
struct MemoryRange {
  std::size_t alternate = 0;  ///< index into DfuseDescription::alternates
  std::uint32_t address = 0;
  std::uint64_t length = 0;  ///< never 0

  std::uint64_t end() const { return address + length; }
};

/// Errors: usage, for a range that no device has: a length of 0, or an end beyond 32 bits.
void check_range(const ReadRange& range);

/// Pure. Errors: those of check_range; usage, for a range that is in no memory, reaches past the
/// end of one, or must not be read; naming what there is.
MemoryRange find_range(const DfuseDescription& device, const ReadRange& range);

struct ReadResult {
  Visit visit;
  std::string memory;  ///< "Internal Flash"
  Segment content;
};

/// Reads and leaves the board as it was found. Errors: those of find_board, enter, DfuseSession,
/// find_range (those of check_range before the board is looked for); interrupted.
ReadResult read(const Job& job, const Selector& selector, const ReadRange& range,
                const VisitOptions& options);

}  // namespace sysboot
