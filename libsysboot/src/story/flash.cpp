// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/flash.hpp"

#include <fmt/core.h>

#include "dfuse/session.hpp"
#include "plan/plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/made_for.hpp"
#include "step/program.hpp"
#include "step/start.hpp"
#include "step/x32.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

void flash_in_session(const Job& job, DfuseSession& dfu, const Image& image,
                      const FlashOptions& options, FlashResult& result) {
  if (!options.force) check_made_for(job, dfu, image, result.entered.before.usb);
  if (options.compare_first || options.verify) require_readable(dfu);
  FlashPlan plan = plan_for(image, dfu, options.keep);
  require_readable_gaps(job, dfu, image, options.force, plan);
  result.sectors = plan.sectors.size();
  result.bytes = plan.image_bytes;
  Programmer programmer(job, dfu, std::move(plan), options, result);
  try {
    work_with_x32(job, dfu, options.x32, [&] {
      result.restarts = with_restarts(job, dfu, [&] { programmer.program(); });
    });
  } catch (const Error& error) {
    throw programmer.with_loss(error);
  }
}

void warn_of(const Job& job, const StartPlace& place) {
  if (place.starts_by_itself != false) return;
  std::string text = "there is no program at " + hex32(flash_base) +
                     ", where the board starts after power-off: it will not start by itself";
  if (!place.address) text += "; nor does any part of the image begin with a vector table";
  job.note(Note::Level::warning, text);
}

}  // namespace

void check_options(const FlashOptions& options) {
  check_way_into_dfuse(options.enter);
  require_verify_with_x32(options.x32, options.verify);
}

FlashResult flash(const Job& job, const Selector& selector, const Image& image,
                  const FlashOptions& options) {
  check_image(image, options.force);
  check_options(options);
  DfuStay stay(job, selector, {options.enter, options.run, options.stay}, [&](const Board& found) {
    if (!options.force) check_made_for_beforehand(image, found, options.enter.trigger);
  });
  FlashResult result;
  result.entered = stay.entered();
  stay.work([&](DfuseSession& dfu) { flash_in_session(job, dfu, image, options, result); },
            [&] { return result.sectors_erased == 0; });
  const StartPlace place = stay.named(
      [&] { return start_place(job, stay.dfu(), image, result.bytes_verified == result.bytes); });
  result.starts_by_itself = place.starts_by_itself;
  warn_of(job, place);
  if (!options.stay && place.address) result.run = stay.leave(*place.address);
  result.took = stay.took();
  return result;
}

}  // namespace sysboot
