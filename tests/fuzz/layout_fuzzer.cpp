// SPDX-License-Identifier: GPL-3.0-or-later
// The memory layout in a device's interface string.
#include "sysboot/layout.hpp"

#include "fuzzing.hpp"

namespace {

using fuzzing::require;

void check(const sysboot::MemoryLayout& layout) {
  require(!layout.name.empty() && !layout.runs.empty(), "a layout has a name and memory");
  std::uint64_t total = 0;
  for (const sysboot::SectorRun& run : layout.runs) {
    require(run.count > 0 && run.sector_size > 0, "a run has sectors");
    require(run.end() <= std::uint64_t{1} << 32, "no run goes past 32 bits");
    const auto first = layout.sector_at(run.address);
    const auto last = layout.sector_at(run.end() - 1);
    require(first && first->address == run.address, "a run begins with a sector");
    require(last && last->end() == run.end(), "a run ends with a sector");
    require(layout.contiguous_end(run.address) >= run.end(), "a run has no gap");
    total += run.size();
  }
  require(layout.size() == total, "the size is the sum of its runs");
  require(total <= sysboot::largest_layout, "a layout has an end");
  require(layout.sectors().size() <= sysboot::most_sectors, "its sectors can be listed");
  require(!layout.describe().empty(), "a layout can be shown");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    check(sysboot::parse_layout({reinterpret_cast<const char*>(data), size}));
  } catch (const sysboot::Error& error) {
    require(error.code() == sysboot::Errc::protocol, "a layout is the device's business");
  }
  return 0;
}
