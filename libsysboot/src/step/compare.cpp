// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>

#include "difference.hpp"
#include "steps.hpp"

namespace sysboot {

std::vector<bool> compare(const Job& job, DfuseSession& dfu, const FlashPlan& plan) {
  const TimePoint start = job.host.now();
  job.tell(StageBegin{Stage::compare, plan.piece_bytes(), {}});
  FlashReader reader(dfu);
  std::vector<bool> matches;
  std::uint64_t done = 0;
  for (const SectorPlan& sector : plan.sectors) {
    matches.push_back(
        std::all_of(sector.pieces.begin(), sector.pieces.end(), [&](const Piece& piece) {
          return !first_difference(job, reader, piece, dfu.block_size());
        }));
    for (const Piece& piece : sector.pieces) done += piece.data.size();
    job.tell(StageProgress{Stage::compare, done});
  }
  const auto differ = std::count(matches.begin(), matches.end(), false);
  job.tell(StageEnd{Stage::compare, done, job.host.now() - start,
                    sectors_differ(static_cast<std::size_t>(differ), matches.size())});
  return matches;
}

}  // namespace sysboot
