// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/inspect.hpp"

#include <algorithm>

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "plan/plan.hpp"
#include "step/dfu_stay.hpp"
#include "step/flash_reader.hpp"
#include "step/guarded.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

void read_use(const Job& job, DfuseSession& dfu, Inspection& inspection) {
  FlashReader reader(dfu);
  inspection.sectors.clear();
  for (const Sector& sector : inspection.flash.sectors()) {
    SectorUse use;
    use.sector = sector;
    use.empty = reader.is_blank(job, sector);
    inspection.sectors.push_back(use);
  }
}

void mark_image(const Job& job, DfuseSession& dfu, const Image& image, Inspection& inspection) {
  const FlashPlan plan = plan_for(image, dfu);
  const std::vector<bool> matches = compare(job, dfu, plan);
  for (std::size_t i = 0; i < plan.sectors.size(); ++i) {
    const auto use = std::find_if(
        inspection.sectors.begin(), inspection.sectors.end(),
        [&](const SectorUse& u) { return u.sector.address == plan.sectors[i].sector.address; });
    use->in_image = true;
    use->matches = matches[i];
  }
}

std::optional<std::string> objection(const Job& job, DfuseSession& dfu, const Image& image,
                                     const std::optional<Guarded>& guarded) {
  try {
    const Image here = placed(image, guarded, false);
    check_image(here, false);
    if (guarded) std::ignore = parts_of(here, guarded, {});
  } catch (const Error& error) {
    return image.parts.empty() ? error.text() : error.what();
  }
  return stack_problem(job, dfu, image);
}

}  // namespace

namespace {

// The high digit counts interfaces, from 1 on (AN2606 section 4.2); erased memory holds none.
bool is_some_id(std::uint8_t byte) {
  return byte >> 4 != 0 && byte != 0xFF;
}

}  // namespace

// System memory can be read like flash; a ROM that refuses just leaves the guess less certain.
// What is no id of a chip that has its id there is some other byte.
std::optional<std::uint8_t> read_bootloader_id(const Job& job, DfuseSession& dfu) {
  std::optional<std::uint8_t> unknown;
  for (const std::uint32_t address : bootloader_id_addresses(dfu.layout())) {
    Bytes two(2);  // the ROM reads two bytes at least (AN3156)
    try {
      with_restarts(
          job, dfu, [&] { dfu.read_block(address, two); }, Note::Level::debug);
      if (is_bootloader_id(dfu.layout(), address, two.front())) return two.front();
      if (!unknown && is_some_id(two.front())) unknown = two.front();
    } catch (const Error& error) {
      if (error.code() == Errc::read_protected) return std::nullopt;
      if (error.code() != Errc::usb_io && error.code() != Errc::protocol) throw;
      job.note(Note::Level::debug, error.what());
      dfu.recover();
    }
  }
  return unknown;
}

bool is_confirmed(const Job& job, DfuseSession& dfu, std::optional<std::uint8_t> bootloader_id) {
  return !bootloader_id || read_bootloader_id(job, dfu) == bootloader_id;
}

namespace {

Inspection inspect_in_session(const Job& job, DfuseSession& dfu, const Image* image) {
  Inspection inspection;
  const DfuseDescription& device = dfu.description();
  inspection.usb = device.usb;
  inspection.dfu_version = device.functional.version;
  inspection.transfer_size = device.functional.transfer_size;
  inspection.memories = dfu.alternates();
  inspection.flash = dfu.layout();
  inspection.chip = guess_chip(dfu.layout(), read_bootloader_id(job, dfu));
  std::optional<Guarded> guarded;
  try {
    guarded = look_for_guard(dfu);
    if (guarded) inspection.guard = guard_status(job, dfu, *guarded);
    read_use(job, dfu, inspection);
  } catch (const Error& error) {
    if (error.code() != Errc::read_protected) throw;
    inspection.sectors.clear();
    inspection.unreadable = error.text();
  }
  if (image == nullptr) return inspection;
  inspection.objection = objection(job, dfu, *image, guarded);
  if (inspection.unreadable) return inspection;
  mark_image(job, dfu, as_flashed(placed(*image, guarded, true), guarded), inspection);
  return inspection;
}

}  // namespace

Inspection inspect(const Job& job, const Selector& selector, const Image* image,
                   const VisitOptions& options) {
  DfuStay stay(job, selector, options);
  Inspection inspection;
  stay.look([&](DfuseSession& dfu) { inspection = inspect_in_session(job, dfu, image); });
  inspection.visit = stay.leave_as_found();
  return inspection;
}

}  // namespace sysboot
