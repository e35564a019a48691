// SPDX-License-Identifier: GPL-3.0-or-later
#include "guarded.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "board/loader.hpp"
#include "chip/chip.hpp"
#include "flash_reader.hpp"
#include "image/guard.hpp"
#include "image/memory_map.hpp"
#include "step/steps.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

Bytes read(const Job& job, DfuseSession& dfu, std::uint32_t address, std::uint64_t size) {
  Bytes bytes(static_cast<std::size_t>(size));
  FlashReader reader(dfu);
  for (std::size_t at = 0; at < bytes.size(); at += dfu.block_size()) {
    job.check_stop();
    const auto rest = std::span(bytes).subspan(at);
    reader.read(address + static_cast<std::uint32_t>(at),
                rest.first(std::min<std::size_t>(rest.size(), dfu.block_size())), address + size);
  }
  return bytes;
}

// What flash has of the image in front of guard's application, the image has, too.
bool has_same_front(const Job& job, DfuseSession& dfu, const Image& front) {
  return std::all_of(front.segments.begin(), front.segments.end(),
                     [&](const Segment& segment) {
                       return read(job, dfu, segment.address, segment.data.size()) == segment.data;
                     }) &&
         reads_the_same(dfu, front.start());
}

// Its record is two words in RAM, or two RTC registers, which every chip has.
void check_record(const Job& job, DfuseSession& dfu, const Image& image) {
  const std::uint32_t end = guard_in(image)->record + 8;
  const ChipGuess chip = guess_chip(dfu.layout(), read_bootloader_id(job, dfu));
  const auto chips = possible_chips(dfu.layout(), chip.bootloader_id);
  const bool all_have_it = std::all_of(chips.begin(), chips.end(),
                                       [&](const Chip& one) { return fits_ram({one}, end); });
  if (!is_stack_pointer(end) || all_have_it) return;
  throw Error(Errc::made_for_another,
              fmt::format("its guard keeps a record in RAM up to {}, which {} may not have",
                          hex32(end - 1), chip.describe()),
              image.name)
      .unless_forced();
}

void check_brought(const Job& job, DfuseSession& dfu, const Image& image, bool force) {
  if (!may_hold_guard(dfu.layout())) {
    throw Error(
        Errc::image_does_not_fit,
        fmt::format("guard needs a first sector of 16 KiB, and the flash of this board is {}",
                    dfu.layout().describe()),
        image.name);
  }
  if (!force) check_record(job, dfu, image);
}

}  // namespace

bool reads_the_same(DfuseSession& dfu, std::uint32_t address) {
  constexpr int reads = 16;  // as guard does
  address -= address % 4;    // as FlashReader
  const std::uint64_t left = dfu.layout().contiguous_end(address) - address;
  Bytes first(static_cast<std::size_t>(std::min<std::uint64_t>(left, 8)));
  dfu.read_block(address, first);
  for (int n = 1; n < reads; ++n) {
    Bytes again(first.size());
    dfu.read_block(address, again);
    if (again != first) return false;
  }
  return true;
}

std::optional<Guarded> look_for_guard(DfuseSession& dfu) {
  const DfuseDescription& device = dfu.description();
  const bool may_be_there = find_loader(device.usb) == &known_loaders().front() &&
                            may_hold_guard(dfu.layout()) && device.functional.can_upload;
  if (!may_be_there) return std::nullopt;
  Bytes words(guard_words_end);
  dfu.read_block(flash_base, words);
  const auto guard = guard_at(words);
  if (!guard) return std::nullopt;
  dfu.read_block(guarded_application, words);
  return Guarded{*guard, words};
}

void require_guard(const Job& job, DfuseSession& dfu) {
  std::optional<Guarded> there;
  with_restarts(job, dfu, [&] { there = look_for_guard(dfu); });
  if (there) return;
  throw Error(Errc::mismatch,
              fmt::format("guard is gone from {}: the device erases more than the sectors that its "
                          "layout names; put guard back before the board loses power",
                          hex32(flash_base)));
}

GuardStatus guard_status(const Job& job, DfuseSession& dfu, const Guarded& there) {
  GuardStatus status;
  status.guard = there.guard;
  if (!begins_application(there.vectors)) {
    status.problem = "no program begins at " + hex32(guarded_application);
    return status;
  }
  const StampWords stamp = stamp_in(there.vectors);
  if (!stamp.is_there) return status;
  status.stamped_bytes = stamp.length;
  status.asks_confirm = stamp.asks_confirm;
  const std::uint64_t room = dfu.layout().contiguous_end(flash_base) - guarded_application;
  const Bytes application = read(job, dfu, guarded_application,
                                 std::clamp<std::uint64_t>(stamp.length, guard_words_end, room));
  status.stamp = judge_stamp(application);
  if (status.stamp == Stamp::wrong) status.problem = "its stamp does not fit the application";
  return status;
}

FlashWork plan_work(const Job& job, DfuseSession& dfu, const Image& image, const UnderGuard& how) {
  const auto there = look_for_guard(dfu);
  const bool is_to_go = how.first_sector == FirstSector::no_guard;
  FlashWork work;
  work.image = placed(image, there, how.force);
  const auto brought = guard_in(work.image);
  if (brought) check_brought(job, dfu, work.image, how.force);
  Image rest = work.image;
  if (there && brought) {
    const Image front = in_front_of_application(work.image);
    if (has_same_front(job, dfu, front)) {
      rest = from_application_on(work.image);
      work.bytes_as_are = front.size();
    } else if (how.first_sector == FirstSector::stays) {
      throw Error(Errc::guarded, "has another guard than the board", work.image.name);
    }
  }
  if (!rest.segments.empty()) work.parts = parts_of(rest, there, how);
  work.bytes = work.bytes_as_are;
  for (const FlashPart& part : work.parts) work.bytes += part.image.size();
  if (there) work.there = there->guard;
  work.changes_guard =
      (there || brought) && std::any_of(work.parts.begin(), work.parts.end(),
                                        [](const FlashPart& part) { return !part.is_under_guard; });
  if (is_to_go || (!there && !brought)) return work;
  const bool is_stamped =
      std::any_of(work.parts.begin(), work.parts.end(), [](const FlashPart& part) {
        return part.is_under_guard && judge_stamp(application_in(part.image)) == Stamp::right;
      });
  work.guard =
      FlashedUnderGuard{brought.value_or(there ? there->guard : Guard()), !there, is_stamped};
  return work;
}

}  // namespace sysboot
