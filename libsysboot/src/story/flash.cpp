// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/flash.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "dfuse/session.hpp"
#include "image/link_address.hpp"
#include "image/memories.hpp"
#include "image/vector_table.hpp"
#include "image/wrapped.hpp"
#include "plan/plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/made_for.hpp"
#include "step/program.hpp"
#include "step/start.hpp"
#include "step/x32.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// The only layout an F411xE has; assumed where no board can be asked (dry_run).

// Before anything is erased.
void check_stack(const Job& job, DfuseSession& dfu, const Image& image) {
  if (is_mcuboot_image(image.segments.front().data)) return;  // begins with no stack pointer
  if (const auto problem = stack_problem(job, dfu, image)) {
    throw Error(Errc::made_for_another, image.name + " is for another chip: " + *problem);
  }
}

void flash_in_session(const Job& job, DfuseSession& dfu, const Image& image,
                      const FlashOptions& options, FlashResult& result) {
  if (!options.force) {
    check_made_for(image, dfu.description().usb, result.entered.before.usb);
    check_family(job, dfu, image);
    check_stack(job, dfu, image);
  }
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

// Which memory of the device this is, beside its flash, such as the data EEPROM of an STM32L0;
// empty for none.
std::string other_memory(std::uint32_t address, const DfuseSession& dfu) {
  if (dfu.layout().sector_at(address)) return {};
  for (const auto& alt : dfu.description().alternates) {
    if (alt.layout && alt.layout->sector_at(address)) return printable(alt.layout->name);
  }
  return {};
}

// Firmware that the chip does not start, so that it has no vector table where one would be.
std::optional<Error> starter_problem(const Image& image) {
  if (is_wireless_firmware(image.segments.back().data)) {
    return Error(Errc::bad_image,
                 "this is firmware for the wireless coprocessor of an STM32WB, which ST's firmware "
                 "upgrade service (FUS) installs",
                 image.name);
  }
  if (is_mcuboot_image(image.segments.front().data) && image.start() == flash_base) {
    return Error(
        Errc::bad_image,
        fmt::format("this is an MCUboot image, which the chip does not start: MCUboot belongs "
                    "to {}, the image to its slot",
                    hex32(flash_base)),
        image.name);
  }
  return std::nullopt;
}

void warn_of(const Job& job, const StartPlace& place) {
  if (place.starts_by_itself != false) return;
  std::string text = "there is no program at " + hex32(flash_base) +
                     ", where the board starts after power-off: it will not start by itself";
  if (!place.address) text += "; nor does any part of the image begin with a vector table";
  job.note(Note::Level::warning, text);
}

}  // namespace

// plan_flash only knows the flash; the device's other memories make a better message.
FlashPlan plan_for(const Image& image, const DfuseSession& dfu, bool keep_tail) {
  try {
    return plan_flash(image, dfu.layout(), keep_tail);
  } catch (const Error& error) {
    for (const Segment& segment : image.segments) {
      const std::string memory = other_memory(segment.address, dfu);
      if (memory.empty()) continue;
      throw Error(Errc::image_does_not_fit, fmt::format("{} is in {}, which flash does not write",
                                                        hex32(segment.address), memory));
    }
    throw;
  }
}

std::optional<Error> image_problem(const Image& image) {
  if (auto problem = starter_problem(image)) return problem;
  if (is_mcuboot_image(image.segments.front().data)) return std::nullopt;
  if (const auto address = linked_elsewhere(image)) {
    const bool is_raw = image.format == "bin";
    const Error error(
        Errc::linked_elsewhere,
        fmt::format("looks linked for {}, but {} {}", hex32(*address),
                    is_raw ? "goes to" : "its addresses begin at", hex32(image.start())),
        image.name);
    return is_raw ? error.with_remedy(hex32(*address)) : error;
  }
  if (const auto problem = vector_table_problem(image)) {
    return Error(Errc::bad_image, "this is no STM32 program: " + *problem, image.name);
  }
  return std::nullopt;
}

void check_image(const Image& image, bool force) {
  require_flash_addresses(image);
  if (force) return;
  if (const auto problem = image_problem(image)) throw problem->unless_forced();
}

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
  if (!options.force) {
    check_made_for(image, result.board->usb, result.board->usb);
    check_family(job, dfu, image);
    check_stack(job, dfu, image);
  }
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
