// SPDX-License-Identifier: GPL-3.0-or-later
#include "guarded.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "image/guard.hpp"
#include "image/segment_bytes.hpp"

namespace sysboot {
namespace {

std::string range(std::uint32_t address, std::uint64_t end) {
  return fmt::format("{}-{}", hex32(address), hex32(end - 1));
}

Error in_guards_place(const Image& image, const std::string& what) {
  return {Errc::guarded,
          fmt::format("{} {}; the board has guard there, and its programs begin at {}", image.name,
                      what, hex32(guarded_application))};
}

// Behind guard it is no program, or one for elsewhere; where guard is it would be one.
bool is_linked_for_guards_place(const Image& image) {
  return !image_problem(moved_to(image, flash_base));
}

// What lies in front of `end`, or from there on; no segments for nothing.
Image part(const Image& image, bool is_in_front) {
  Image some = image;
  some.segments.clear();
  for (const Segment& segment : image.segments) {
    const std::uint64_t from =
        is_in_front ? segment.address : std::max(segment.address, guarded_application);
    const std::uint64_t to =
        is_in_front ? std::min<std::uint64_t>(segment.end(), guarded_application) : segment.end();
    if (from >= to) continue;
    const ByteView bytes = bytes_of(segment, from, to);
    some.segments.push_back({static_cast<std::uint32_t>(from), {bytes.begin(), bytes.end()}});
  }
  return some;
}

bool holds_vectors(const Image& image) {
  return application_in(image).size() >= guard_words_end;
}

void check_stamp_stays_right(const Image& image, const Guarded& there) {
  const StampWords stamp = stamp_in(there.vectors);
  if (!stamp.is_there || image.segments.empty() || holds_vectors(image)) return;
  const std::uint64_t end = std::uint64_t{guarded_application} + stamp.length;
  const Segment& first = image.segments.front();
  if (first.address >= end) return;
  throw Error(Errc::guarded,
              fmt::format("{} would change {} inside the application, whose stamp covers {}: guard "
                          "would not start it again; flash both in one command",
                          image.name, range(first.address, std::min(first.end(), end)),
                          range(guarded_application, end)))
      .unless_forced();
}

}  // namespace

Image in_front_of_application(const Image& image) {
  return part(image, true);
}

Image from_application_on(const Image& image) {
  return part(image, false);
}

bool may_hold_guard(const MemoryLayout& flash) {
  const SectorRun& first = flash.runs.front();
  return first.address == flash_base && first.access.readable &&
         first.sector_size == guarded_application - flash_base;
}

Image placed(const Image& image, const std::optional<Guarded>& there, bool force) {
  if (!image.is_address_assumed) return image;
  Image here = image;
  here.is_address_assumed = false;
  if (there && !guard_in(image)) {
    here = moved_to(here, guarded_application);
    const bool is_wrong = !force && image_problem(here);
    if (is_wrong && is_linked_for_guards_place(image)) {
      throw in_guards_place(image, "is linked for " + hex32(flash_base)).unless_forced();
    }
  }
  check_image(here, force);
  return here;
}

std::vector<FlashPart> parts_of(const Image& image, const std::optional<Guarded>& there,
                                const UnderGuard& how) {
  const auto brought = guard_in(image);
  Image first = in_front_of_application(image);
  if (!there && !brought) return {{image}};
  const bool is_in_the_way = there && !first.segments.empty() &&
                             (how.first_sector == FirstSector::stays ||
                              (how.first_sector == FirstSector::guard && !brought));
  if (is_in_the_way) {
    throw in_guards_place(image, "goes to " + range(image.start(), image.segments.front().end()));
  }
  Image rest = from_application_on(image);
  if (there && !how.force) check_stamp_stays_right(rest, *there);
  const bool is_guard_to_stay = brought || first.segments.empty();
  if (is_guard_to_stay && how.stamp && !rest.segments.empty()) std::ignore = put_stamp(rest);
  std::vector<FlashPart> parts;
  if (!rest.segments.empty()) parts.push_back({std::move(rest), true});
  if (!first.segments.empty()) {
    parts.insert(is_guard_to_stay ? parts.begin() : parts.end(), {std::move(first), false});
  }
  return parts;
}

Image as_flashed(const Image& image, const std::optional<Guarded>& there) {
  if (!there && !guard_in(image)) return image;
  const ByteView own = application_in(image);
  const bool has_own_bytes = there && own.size() >= guard_words_end &&
                             std::equal(there->vectors.begin(), there->vectors.end(), own.begin());
  if (has_own_bytes) return image;
  Image stamped = image;
  std::ignore = put_stamp(stamped);
  return stamped;
}

}  // namespace sysboot
