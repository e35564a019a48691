// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/erase.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "plan/erase_plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/difference.hpp"
#include "step/guarded.hpp"
#include "step/program.hpp"
#include "step/stage_clock.hpp"
#include "step/start.hpp"
#include "step/x32.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// One command for all: a ROM then erases banks at the same time, where there are several.
void erase_everything(const Job& job, DfuseSession& dfu, const std::vector<Sector>& sectors) {
  const std::uint64_t bytes = size_of(sectors);
  const std::string text = "everything, " + human_size(bytes);
  StageClock clock(job, Stage::erase, bytes, text, {.sectors = sectors.size()});
  job.check_stop();
  dfu.mass_erase();
  clock.add(bytes);
  clock.end(text, {.sectors = sectors.size()});
}

// Is there guard, which stays?
bool check_guard(DfuseSession& dfu, const std::vector<Sector>& sectors) {
  if (!look_for_guard(dfu)) return false;
  if (sectors.front().address != flash_base) return true;
  throw Error(Errc::guarded, "guard is in the sector at " + hex32(flash_base));
}

bool holds_vectors(const Sector& sector) {
  return guarded_application >= sector.address && guarded_application < sector.end();
}

void erase_in_session(const Job& job, DfuseSession& dfu, const EraseRequest& request,
                      const EraseOptions& options, EraseResult& result, bool& is_unchanged) {
  result.sectors = plan_erase(request, dfu.layout());
  result.bytes = size_of(result.sectors);
  with_restarts(job, dfu, [&] { result.is_guarded = check_guard(dfu, result.sectors); });
  if (options.verify) require_readable(dfu);
  const bool at_once = !stays_busy_after_erase(dfu.layout());  // nobody knows when that one is done
  const bool takes_application =
      result.is_guarded && std::any_of(result.sectors.begin(), result.sectors.end(), holds_vectors);
  const auto erase_all_of_it = [&] {
    is_unchanged = false;
    if (takes_application) invalidate_vectors(job, dfu, guarded_application);
    if (std::holds_alternative<EraseAll>(request) && at_once) {
      erase_everything(job, dfu, result.sectors);
    } else {
      erase_sectors(job, dfu, result.sectors);
    }
  };
  work_with_x32(job, dfu, options.x32, [&] {
    with_restarts(job, dfu, erase_all_of_it);
    if (result.is_guarded) require_guard(job, dfu);
    if (options.verify) {
      with_restarts(job, dfu, [&] { check_empty(job, dfu, result.sectors); });
    }
  });
}

}  // namespace

std::uint64_t check_empty(const Job& job, DfuseSession& dfu, const std::vector<Sector>& sectors) {
  const std::uint64_t bytes = size_of(sectors);
  StageClock clock(job, Stage::verify, bytes, human_size(bytes), {.sectors = sectors.size()});
  FlashReader reader(dfu);
  for (const Sector& sector : sectors) {
    const Bytes empty(sector.size, erased_byte(dfu.layout()));
    const auto difference = first_difference(job, reader, {sector.address, empty}, dfu.block_size(),
                                             [&](std::uint64_t count) { clock.add(count); });
    if (difference) {
      throw Error(Errc::mismatch,
                  "flash was erased, but is not empty at " + difference->describe());
    }
  }
  clock.end(rate_text(bytes, clock.stop()), {.sectors = sectors.size()});
  return bytes;
}

void check_options(const EraseOptions& options) {
  check_way_into_dfuse(options.enter);
  require_verify_with_x32(options.x32, options.verify);
}

std::optional<Error> EraseResult::problem() const {
  return run ? run->problem() : std::nullopt;
}

EraseResult erase(const Job& job, const Selector& selector, const EraseRequest& request,
                  const EraseOptions& options) {
  check_options(options);
  check_request(request);
  DfuStay stay(job, selector, {options.enter, options.run, options.stay});
  EraseResult result;
  result.entered = stay.entered();
  bool is_unchanged = true;
  stay.work(
      [&](DfuseSession& dfu) {
        erase_in_session(job, dfu, request, options, result, is_unchanged);
      },
      [&] { return is_unchanged; });
  result.takes_program =
      stay.named([&] { return is_program_gone(job, stay.dfu(), result.sectors); });
  if (!result.takes_program) result.run = stay.leave_as_found().run;
  result.took = stay.took();
  return result;
}

}  // namespace sysboot
