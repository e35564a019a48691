// SPDX-License-Identifier: GPL-3.0-or-later
// Story: what flash would do, and nothing of it done.
#include <algorithm>

#include "plan/plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/made_for.hpp"
#include "step/program.hpp"
#include "step/x32.hpp"
#include "sysboot/error.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

DryRun dry_run(const Job& job, const Selector& selector, const Image& image,
               const FlashOptions& options) {
  check_image(image, options.force);
  check_options(options);
  DryRun result;
  std::vector<bool> matches;
  const auto add_plan = [&](const FlashPlan& plan, const WriteSizes& sizes) {
    for (const auto& sector : plan.sectors) result.touched.push_back(sector.sector);
    const WritePlan writes = plan_writes(plan, matches, sizes);
    result.erase = writes.erase;
    const auto by_address = [](const Sector& a, const Sector& b) { return a.address < b.address; };
    std::sort(result.erase.begin(), result.erase.end(), by_address);
    result.write_bytes = writes.write_bytes();
  };
  try {
    result.board = find(job, selector, options.enter.trigger.firmware);
  } catch (const Error& error) {
    if (error.code() != Errc::no_board || !selector.empty()) throw;
  }
  if (!result.board || result.board->mode != BoardMode::dfu) {
    if (!options.force) check_made_for_assumed(image, result.board);
    result.layout_assumed = true;
    result.layout = parse_layout(f411_flash);
    const FlashPlan plan = plan_flash(image, result.layout, options.keep);
    matches.assign(plan.sectors.size(), false);
    add_plan(plan, {});
    return result;
  }
  DfuStay stay(job, *result.board);
  DfuseSession& dfu = stay.dfu();
  if (!options.force) check_made_for(job, dfu, image, result.board->usb);
  if (options.x32) require_voltage_setting(dfu);
  result.layout = dfu.layout();
  FlashPlan plan = plan_for(image, dfu, options.keep);
  require_readable_gaps(job, dfu, image, options.force, plan);
  matches.assign(plan.sectors.size(), false);
  if (options.compare_first) {
    with_restarts(job, dfu, [&] { matches = compare(job, dfu, plan); });
    result.compared = true;
  }
  std::vector<Segment> kept;
  with_restarts(job, dfu, [&] {
    if (dfu.description().functional.can_upload) result.lost = find_lost(job, dfu, plan, matches);
    kept = read_gaps(job, dfu, plan);
  });
  add_plan(with_kept(plan, kept), write_sizes(dfu));
  return result;
}

}  // namespace sysboot
