// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/inspect.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/address_range.hpp"
#include "dfuse/session.hpp"
#include "read_range.hpp"
#include "step/dfu_stay.hpp"
#include "step/stage_clock.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

std::string describe(const std::vector<AltSetting>& memories) {
  std::string text;
  for (const AltSetting& alt : memories) {
    text += "\n  " + (alt.layout ? printable(alt.layout->name) + ": " + alt.layout->describe()
                                 : alt.problem);
  }
  return text;
}

std::size_t memory_with(const std::vector<AltSetting>& memories, std::uint32_t address) {
  for (std::size_t i = 0; i < memories.size(); ++i) {
    const auto& layout = memories[i].layout;
    if (layout && layout->sector_at(address)) return i;
  }
  throw Error(Errc::usage,
              hex32(address) + " is in none of the device's memories" + describe(memories));
}

void check_access(const MemoryLayout& layout, const MemoryRange& range) {
  for (std::uint64_t at = range.address; at < range.end();) {
    const Sector sector = *layout.sector_at(at);
    if (!sector.access.readable) {
      throw Error(Errc::usage, fmt::format("the sector at {} of {} cannot be read",
                                           hex32(sector.address), printable(layout.name)));
    }
    at = sector.end();
  }
}

// In pieces of a transfer each, from a multiple of 4 on: ROMs read two bytes at least (AN3156), and
// small memories, such as option bytes, only as a whole.
Bytes read_range(const Job& job, DfuseSession& dfu, const MemoryRange& range) {
  const MemoryLayout& layout = dfu.layout();
  const SectorRun& run = layout.runs.front();
  const std::uint64_t run_end = layout.contiguous_end(run.address);
  const bool whole = run_end - run.address <= dfu.block_size() && range.end() <= run_end &&
                     range.address >= run.address;
  const std::uint32_t from = whole ? run.address : range.address - range.address % 4;
  const std::uint64_t to =
      whole ? run_end : std::min(layout.contiguous_end(range.address), (range.end() + 3) / 4 * 4);
  StageClock clock(job, Stage::read, to - from, human_size(range.length));
  Bytes content(static_cast<std::size_t>(to - from));
  for (std::size_t at = 0; at < content.size(); at += dfu.block_size()) {
    job.check_stop();
    const std::size_t count = std::min<std::size_t>(dfu.block_size(), content.size() - at);
    dfu.read_block(from + static_cast<std::uint32_t>(at), std::span(content).subspan(at, count),
                   content.size() - at - count);
    clock.add(count);
  }
  clock.end(rate_text(range.length, clock.stop()));
  const auto first = content.begin() + static_cast<std::ptrdiff_t>(range.address - from);
  return {first, first + static_cast<std::ptrdiff_t>(range.length)};
}

}  // namespace

void check_range(const ReadRange& range) {
  if (range.length) check_address_range(range.address.value_or(flash_base), *range.length, "read");
}

MemoryRange find_range(const std::vector<AltSetting>& memories, const ReadRange& wanted) {
  check_range(wanted);
  MemoryRange range;
  range.address = wanted.address.value_or(flash_base);
  range.alternate = memory_with(memories, range.address);
  const MemoryLayout& layout = *memories[range.alternate].layout;
  const std::uint64_t end = layout.contiguous_end(range.address);
  range.length = wanted.length.value_or(end - range.address);
  if (range.length > end - range.address) {
    throw Error(Errc::usage,
                fmt::format("{} bytes at {} reach past {}, where {} ends", range.length,
                            hex32(range.address), hex32(end - 1), printable(layout.name)));
  }
  check_access(layout, range);
  return range;
}

ReadResult read(const Job& job, const Selector& selector, const ReadRange& wanted,
                const VisitOptions& options) {
  check_range(wanted);
  DfuStay stay(job, selector, options);
  ReadResult result;
  stay.look([&](DfuseSession& dfu) {
    require_readable(dfu);
    const MemoryRange range = find_range(dfu.alternates(), wanted);
    dfu.select(range.alternate);
    result.memory = printable(dfu.layout().name);
    result.content = {range.address, read_range(job, dfu, range)};
  });
  result.visit = stay.leave_as_found();
  return result;
}

}  // namespace sysboot
