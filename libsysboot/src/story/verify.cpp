// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/inspect.hpp"

#include <fmt/core.h>

#include "dfuse/session.hpp"
#include "plan/plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/difference.hpp"
#include "step/guarded.hpp"
#include "step/stage_clock.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

std::optional<Difference> difference_in(const Job& job, FlashReader& reader,
                                        const SectorPlan& sector, std::uint32_t chunk) {
  for (const Piece& piece : sector.pieces) {
    auto difference = first_difference(job, reader, piece, chunk);
    if (!difference) continue;
    difference->sector = sector.sector;
    return difference;
  }
  return std::nullopt;
}

void compare_all(const Job& job, DfuseSession& dfu, const Image& image, const FlashPlan& plan,
                 VerifyResult& result) {
  StageClock clock(job, Stage::verify, plan.image_bytes, human_size(plan.image_bytes),
                   {.sectors = result.sectors});
  FlashReader reader(dfu);
  result.differences.clear();
  for (const SectorPlan& sector : plan.sectors) {
    if (auto difference = difference_in(job, reader, sector, dfu.block_size())) {
      if (!image.parts.empty()) difference->image = part_at(image, difference->address).name;
      result.differences.push_back(std::move(*difference));
    }
    clock.add(sector.piece_bytes());
  }
  const std::size_t differ = result.differences.size();
  clock.end(sectors_differ(differ, result.sectors),
            {.sectors = result.sectors, .sectors_differ = differ});
}

}  // namespace

VerifyResult verify(const Job& job, const Selector& selector, const Image& image,
                    const VisitOptions& options) {
  DfuStay stay(job, selector, options);
  VerifyResult result;
  result.image = image.name;
  stay.look([&](DfuseSession& dfu) {
    require_readable(dfu);
    const auto guarded = look_for_guard(dfu);
    const Image here = as_flashed(placed(image, guarded, true), guarded);
    result.address = here.start();
    const FlashPlan plan = plan_for(here, dfu);
    result.sectors = plan.sectors.size();
    result.bytes = plan.image_bytes;
    compare_all(job, dfu, image, plan, result);
  });
  result.visit = stay.leave_as_found();
  return result;
}

std::optional<Error> VerifyResult::problem() const {
  if (differences.empty()) return std::nullopt;
  return Error(
      Errc::differs,
      fmt::format("flash differs from {} in {} of {}, first at {}", image, differences.size(),
                  counted(sectors, "sector"), differences.front().describe()),
      "board " + visit.entered.before.port_path());
}

}  // namespace sysboot
