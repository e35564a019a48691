// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>

#include "dfuse/session.hpp"
#include "difference.hpp"
#include "plan/plan.hpp"
#include "stage_clock.hpp"
#include "steps.hpp"

namespace sysboot {

std::vector<bool> compare(const Job& job, DfuseSession& dfu, const FlashPlan& plan) {
  StageClock clock(job, Stage::compare, plan.piece_bytes(), {}, {.sectors = plan.sectors.size()});
  FlashReader reader(dfu);
  std::vector<bool> matches;
  for (const SectorPlan& sector : plan.sectors) {
    matches.push_back(
        std::all_of(sector.pieces.begin(), sector.pieces.end(), [&](const Piece& piece) {
          return !first_difference(job, reader, piece, dfu.block_size());
        }));
    clock.add(sector.piece_bytes());
  }
  const auto differ = static_cast<std::size_t>(std::count(matches.begin(), matches.end(), false));
  clock.end(sectors_differ(differ, matches.size()),
            {.sectors = matches.size(), .sectors_differ = differ});
  return matches;
}

}  // namespace sysboot
