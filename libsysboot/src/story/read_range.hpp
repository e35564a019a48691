// SPDX-License-Identifier: GPL-3.0-or-later
// Where a range to be read lies.
#pragma once

#include "dfuse/session.hpp"
#include "sysboot/inspect.hpp"

namespace sysboot {

/// A range that lies in one of a device's memories.
struct MemoryRange {
  std::size_t alternate = 0;  ///< index into the device's memories
  std::uint32_t address = 0;
  std::uint64_t length = 0;  ///< never 0

  std::uint64_t end() const { return address + length; }
};

/// Pure. Errors: those of check_range; usage, for a range that is in no memory, reaches past the
/// end of one, or must not be read; naming what there is.
MemoryRange find_range(const std::vector<AltSetting>& memories, const ReadRange& range);

}  // namespace sysboot
