// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "flash_reader.hpp"
#include "steps.hpp"

namespace sysboot {
namespace {

bool holds(const Job& job, FlashReader& reader, const Piece& piece, std::uint32_t chunk) {
  Bytes buffer(chunk);
  for (std::size_t at = 0; at < piece.data.size(); at += chunk) {
    job.check_stop();
    const ByteView wanted =
        piece.data.subspan(at, std::min<std::size_t>(chunk, piece.data.size() - at));
    const std::span<std::uint8_t> seen = std::span(buffer).first(wanted.size());
    reader.read(piece.address + static_cast<std::uint32_t>(at), seen);
    if (!std::equal(wanted.begin(), wanted.end(), seen.begin())) return false;
  }
  return true;
}

}  // namespace

std::vector<bool> compare(const Job& job, DfuseSession& dfu, const FlashPlan& plan) {
  const TimePoint start = job.host.now();
  job.tell(StageBegin{Stage::compare, plan.image_bytes, {}});
  FlashReader reader(dfu);
  std::vector<bool> matches;
  std::uint64_t done = 0;
  for (const SectorPlan& sector : plan.sectors) {
    matches.push_back(std::all_of(
        sector.pieces.begin(), sector.pieces.end(),
        [&](const Piece& piece) { return holds(job, reader, piece, dfu.block_size()); }));
    for (const Piece& piece : sector.pieces) done += piece.data.size();
    job.tell(StageProgress{Stage::compare, done});
  }
  const auto differ = std::count(matches.begin(), matches.end(), false);
  job.tell(StageEnd{Stage::compare, done, job.host.now() - start,
                    fmt::format("{} of {} sectors differ", differ, matches.size())});
  return matches;
}

}  // namespace sysboot
