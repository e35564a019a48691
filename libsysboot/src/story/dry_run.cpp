// SPDX-License-Identifier: GPL-3.0-or-later
// Story: what flash would do, and nothing of it done.
#include <algorithm>

#include "plan/plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/guarded.hpp"
#include "step/made_for.hpp"
#include "step/program.hpp"
#include "step/x32.hpp"
#include "sysboot/error.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {
namespace {

void add_plan(DryRun& result, const FlashPlan& plan, const WritePlan& writes) {
  for (const auto& sector : plan.sectors) result.touched.push_back(sector.sector);
  result.erase.insert(result.erase.end(), writes.erase.begin(), writes.erase.end());
  const auto by_address = [](const Sector& a, const Sector& b) { return a.address < b.address; };
  std::sort(result.erase.begin(), result.erase.end(), by_address);
  result.write_bytes += writes.write_bytes();
}

void assume(const Image& image, const FlashOptions& options, DryRun& result) {
  if (!options.force) check_made_for_assumed(image, result.board);
  result.layout_assumed = true;
  result.layout = parse_layout(f411_flash);
  const Image here = placed(image, std::nullopt, options.force);
  result.address = here.start();
  const FlashPlan plan = plan_flash(here, result.layout, options.keep);
  add_plan(result, plan, plan_writes(plan, std::vector<bool>(plan.sectors.size(), false), {}));
}

void ask_for_part(const Job& job, DfuseSession& dfu, const FlashPart& part,
                  const FlashOptions& options, DryRun& result) {
  FlashPlan plan = plan_for(part, dfu, options.keep);
  require_readable_gaps(job, dfu, part.image, options.force, plan);
  std::vector<bool> matches(plan.sectors.size(), false);
  if (options.compare_first) matches = may_stay(plan, compare(job, dfu, plan));
  if (dfu.description().functional.can_upload) {
    if (!result.lost) result.lost.emplace();
    const auto lost = find_lost(job, dfu, plan, matches);
    result.lost->insert(result.lost->end(), lost.begin(), lost.end());
  }
  const std::vector<Segment> kept = read_gaps(job, dfu, plan);
  plan = with_kept(std::move(plan), kept);
  WritePlan writes = plan_writes(plan, matches, write_sizes(dfu));
  if (options.skip_blank && !plan.guarded_vectors) leave_blank(job, dfu, writes);
  add_plan(result, plan, writes);
}

void ask(const Job& job, DfuseSession& dfu, const Image& image, const FlashOptions& options,
         DryRun& result) {
  if (!options.force) check_made_for(job, dfu, image, result.board->usb);
  if (options.x32) require_voltage_setting(dfu);
  if (options.skip_blank) require_no_error_correction(dfu);
  DryRun plan;
  plan.board = result.board;
  plan.layout = dfu.layout();
  plan.compared = options.compare_first;
  const FlashWork work =
      plan_work(job, dfu, image, {FirstSector::stays, options.stamp, options.force});
  plan.address = work.image.start();
  plan.guard = work.guard;
  for (const FlashPart& part : work.parts) ask_for_part(job, dfu, part, options, plan);
  result = std::move(plan);
}

}  // namespace

DryRun dry_run(const Job& job, const Selector& selector, const Image& image,
               const FlashOptions& options) {
  check_image(image, options.force);
  check_options(options);
  DryRun result;
  result.board = find_if_there(job, selector, options.enter.trigger.firmware);
  const bool is_asked =
      result.board && (result.board->mode != BoardMode::application || options.enter.may_reboot);
  if (!is_asked) {
    assume(image, options, result);
    return result;
  }
  const auto check = [&](const Board& found) {
    if (!options.force) check_made_for_beforehand(image, found, options.enter.trigger);
  };
  DfuStay stay(job, *result.board, selector, {options.enter, options.run, options.stay}, check);
  stay.look([&](DfuseSession& dfu) { ask(job, dfu, image, options, result); });
  result.visit = stay.leave_as_found();
  return result;
}

}  // namespace sysboot
