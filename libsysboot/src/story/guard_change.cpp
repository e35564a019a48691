// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <tuple>

#include "chip/chip.hpp"
#include "chip/option_fields.hpp"
#include "flash_in_stay.hpp"
#include "image/guard.hpp"
#include "step/made_for.hpp"
#include "step/option_bytes.hpp"
#include "sysboot/error.hpp"
#include "sysboot/guard_change.hpp"

namespace sysboot {
namespace {

void require_guard(const Image& image) {
  if (!guard_in(image)) throw Error(Errc::bad_image, "this is no guard", image.name);
  if (image.segments.back().end() <= guarded_application) return;
  throw Error(Errc::bad_image,
              fmt::format("has more than guard, up to {}",
                          hex32(static_cast<std::uint32_t>(image.segments.back().end() - 1))),
              image.name);
}

// The application as it goes behind guard.
Image behind_guard(const Image& application, bool force) {
  Image behind = application;
  if (behind.is_address_assumed) behind = moved_to(behind, guarded_application);
  behind.is_address_assumed = false;
  if (behind.start() < guarded_application) {
    throw Error(Errc::guarded,
                fmt::format("goes to {}, where guard comes; a program behind it is linked for {}",
                            hex32(behind.start()), hex32(guarded_application)),
                behind.name);
  }
  check_image(behind, force);
  return behind;
}

Image joined(const Image& guard, const std::optional<Image>& application) {
  if (!application) return guard;
  Image both = *application;
  both.segments.insert(both.segments.begin(), guard.segments.begin(), guard.segments.end());
  return both;
}

std::optional<bool> first_sector_is_protected(const OptionBytes& options) {
  const auto protecting = protect_first_sector(options.bytes, options.chip, true);
  return protecting ? std::optional(*protecting == options.bytes) : std::nullopt;
}

// Who cannot be asked has nothing to say of it.
std::optional<bool> ask_for_protection(const Job& job, DfuseSession& dfu) {
  try {
    return first_sector_is_protected(load_option_bytes(job, dfu));
  } catch (const Error& error) {
    if (error.code() != Errc::protocol && error.code() != Errc::read_protected) throw;
    job.note(Note::Level::debug, error.what());
    dfu.recover();
    return std::nullopt;
  }
}

// The ROM would erase and write it without a word, and nothing would change.
void require_unprotected(const Job& job, DfuseSession& dfu, const FlashWork& work) {
  if (!work.there || !work.changes_guard) return;
  const std::size_t flash = dfu.selected();
  const auto is_protected = ask_for_protection(job, dfu);
  dfu.select(flash);
  if (is_protected != true) return;
  throw Error(Errc::guarded, "option bytes write-protect the sector of guard")
      .with_remedy("write protection");
}

VisitOptions visit(const FlashOptions& flash) {
  return {flash.enter, flash.run, flash.stay};
}

}  // namespace

FlashResult install_guard(const Job& job, const Selector& selector, const GuardFor& guard_for,
                          const Image* application, const GuardOptions& options) {
  const FlashOptions& flash = options.flash;
  check_options(flash);
  std::optional<Image> behind;
  if (application != nullptr) behind = behind_guard(*application, flash.force);
  DfuStay stay(job, selector, visit(flash), [&](const Board& found) {
    if (behind && !flash.force) check_made_for_beforehand(*behind, found, flash.enter.trigger);
  });
  GuardChange change{stay.board(), {}, {}, {}, application != nullptr};
  const auto plan = [&](DfuseSession& dfu) {
    if (behind && !flash.force) check_made_for(job, dfu, *behind, stay.entered().before.usb);
    change.chip = guess_chip(dfu.layout(), read_bootloader_id(job, dfu));
    const Image guard = guard_for(change.chip);
    require_guard(guard);
    change.to = guard_in(guard);
    FlashWork work =
        plan_work(job, dfu, joined(guard, behind), {FirstSector::guard, flash.stamp, flash.force});
    require_unprotected(job, dfu, work);
    return work;
  };
  const auto before = [&](const FlashWork& work) {
    change.from = work.there;
    if (work.changes_guard && options.before) options.before(change);
  };
  return flash_in_stay(job, stay, {plan, before}, flash);
}

FlashResult replace_guard(const Job& job, const Selector& selector, const Image& program,
                          const GuardOptions& options) {
  const FlashOptions& flash = options.flash;
  check_options(flash);
  Image image = program;
  image.is_address_assumed = false;
  check_image(image, flash.force);
  DfuStay stay(job, selector, visit(flash), [&](const Board& found) {
    if (!flash.force) check_made_for_beforehand(image, found, flash.enter.trigger);
  });
  GuardChange change{stay.board(), {}, {}, {}, true};
  const auto plan = [&](DfuseSession& dfu) {
    if (!flash.force) check_made_for(job, dfu, image, stay.entered().before.usb);
    FlashWork work = plan_work(job, dfu, image, {FirstSector::no_guard, false, flash.force});
    require_unprotected(job, dfu, work);
    return work;
  };
  const auto before = [&](const FlashWork& work) {
    change.from = work.there;
    if (work.there && options.before) options.before(change);
  };
  return flash_in_stay(job, stay, {plan, before}, flash);
}

void protect_guard(const Job& job, const Selector& selector, bool is_to_be_protected,
                   const VisitOptions& options) {
  const OptionBytes now = read_option_bytes(job, selector, options).now;
  const auto wanted = protect_first_sector(now.bytes, now.chip, is_to_be_protected);
  if (!wanted) {
    throw Error(Errc::usage, "which option bytes protect the first sector is not known of " +
                                 now.chip.describe());
  }
  if (*wanted == now.bytes) return;
  std::ignore = write_option_bytes(job, selector, *wanted, options);
}

GuardReport look_at_guard(const Job& job, const Selector& selector, const VisitOptions& options) {
  DfuStay stay(job, selector, options);
  GuardReport report;
  stay.look([&](DfuseSession& dfu) {
    const auto there = look_for_guard(dfu);
    report.guard = there ? std::optional(guard_status(job, dfu, *there)) : std::nullopt;
    if (report.guard) report.is_protected = ask_for_protection(job, dfu);
  });
  report.visit = stay.leave_as_found();
  return report;
}

}  // namespace sysboot
