// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/flash.hpp"

#include <fmt/core.h>

#include "flash_in_stay.hpp"
#include "plan/plan.hpp"
#include "step/made_for.hpp"
#include "step/program.hpp"
#include "step/start.hpp"
#include "step/x32.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// Nothing is erased before all parts fit.
std::vector<FlashPlan> plans_for(const Job& job, DfuseSession& dfu,
                                 const std::vector<FlashPart>& parts, const FlashOptions& options) {
  std::vector<FlashPlan> plans;
  for (const FlashPart& part : parts) {
    plans.push_back(plan_for(part, dfu, options.keep));
    require_readable_gaps(job, dfu, part.image, options.force, plans.back());
  }
  return plans;
}

void flash_part(const Job& job, DfuseSession& dfu, FlashPlan plan, const FlashOptions& options,
                FlashResult& result) {
  Programmer programmer(job, dfu, std::move(plan), options, result);
  try {
    result.restarts += with_restarts(job, dfu, [&] { programmer.program(); });
  } catch (const Error& error) {
    throw programmer.with_loss(error);
  }
}

FlashWork flash_in_session(const Job& job, DfuseSession& dfu, const PlanWork& plan_work,
                           const FlashOptions& options, FlashResult& result) {
  if (options.compare_first || options.verify || options.skip_blank) require_readable(dfu);
  if (options.skip_blank) require_no_error_correction(dfu);
  FlashWork work;
  result.restarts += with_restarts(job, dfu, [&] { work = plan_work.plan(dfu); });
  std::vector<FlashPlan> plans = plans_for(job, dfu, work.parts, options);
  for (const FlashPlan& plan : plans) result.sectors += plan.sectors.size();
  result.address = work.image.start();
  result.bytes = work.bytes;
  result.bytes_verified = work.bytes_as_are;
  result.guard = work.guard;
  if (plan_work.before) plan_work.before(work);
  work_with_x32(job, dfu, options.x32, [&] {
    for (FlashPlan& plan : plans) flash_part(job, dfu, std::move(plan), options, result);
  });
  if (work.guard && !result.has_changed_nothing()) require_guard(job, dfu);
  return work;
}

void warn_of(const Job& job, const StartPlace& place, bool is_guarded) {
  if (place.starts_by_itself != false) return;
  std::string text = is_guarded ? place.problem + "; guard will start the ROM bootloader"
                                : "there is no program at " + hex32(flash_base) +
                                      ", where the board starts after power-off: it will not "
                                      "start by itself";
  const bool has_none = !is_guarded && !place.address;
  if (has_none) text += "; nor does any part of the image begin with a vector table";
  job.note(Note::Level::warning, text);
}

}  // namespace

void check_options(const FlashOptions& options) {
  check_way_into_dfuse(options.enter);
  require_verify_with_x32(options.x32, options.verify);
  if (!options.skip_blank || options.compare_first) return;
  throw Error(Errc::usage,
              "every sector is to be erased, and those that read erased are not to be");
}

FlashResult flash_in_stay(const Job& job, DfuStay& stay, const PlanWork& plan_work,
                          const FlashOptions& options) {
  FlashResult result;
  result.entered = stay.entered();
  FlashWork work;
  stay.work(
      [&](DfuseSession& dfu) { work = flash_in_session(job, dfu, plan_work, options, result); },
      [&] { return result.has_changed_nothing(); });
  const bool is_verified = result.bytes_verified == result.bytes;
  const StartPlace place = stay.named([&] {
    return start_place(job, stay.dfu(), work.image, is_verified, result.guard.has_value());
  });
  result.starts_by_itself = place.starts_by_itself;
  warn_of(job, place, result.guard.has_value());
  if (!options.stay && place.address) result.run = stay.leave(*place.address);
  result.took = stay.took();
  return result;
}

FlashResult flash(const Job& job, const Selector& selector, const Image& image,
                  const FlashOptions& options) {
  check_image(image, options.force);
  check_options(options);
  DfuStay stay(job, selector, {options.enter, options.run, options.stay}, [&](const Board& found) {
    if (!options.force) check_made_for_beforehand(image, found, options.enter.trigger);
  });
  const auto plan = [&](DfuseSession& dfu) {
    if (!options.force) check_made_for(job, dfu, image, stay.entered().before.usb);
    return plan_work(job, dfu, image, {FirstSector::stays, options.stamp, options.force});
  };
  return flash_in_stay(job, stay, {plan}, options);
}

}  // namespace sysboot
