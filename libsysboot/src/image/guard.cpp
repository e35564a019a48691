// SPDX-License-Identifier: GPL-3.0-or-later
#include "guard.hpp"

#include <algorithm>

#include "bytes.hpp"
#include "guard_image.h"
#include "memory_map.hpp"

namespace sysboot {
namespace {

static_assert(guarded_application == GUARD_APPLICATION);
static_assert(guard_words_end == GUARD_STAMP_SHORTEST);

// What linkers leave free between sections is shorter; what an application keeps for itself is not.
constexpr std::uint32_t shortest_gap = 64;

Error no_stamp(const Image& image, const std::string& why) {
  return {Errc::bad_image, "guard's stamp cannot be put in: " + why, image.name};
}

bool holds(const Segment& segment, std::uint32_t address) {
  return segment.address <= address && address < segment.end();
}

// The parts behind `at` that follow so closely become one with it, before `end`.
void close_gaps(std::vector<Segment>& segments, std::size_t at, std::uint64_t end) {
  const auto next = [&] { return segments.begin() + static_cast<std::ptrdiff_t>(at) + 1; };
  while (next() != segments.end() && next()->address < end &&
         next()->address - segments[at].end() < shortest_gap) {
    segments[at].data.resize(next()->address - segments[at].address, 0xFF);
    append(segments[at].data, next()->data);
    segments.erase(next());
  }
}

// Fills up to a multiple of 4, which touches no other part: that would be closer than shortest_gap.
// Before `end`, where other data touches it, what is over is left out.
std::span<std::uint8_t> application_of(Segment& segment, std::uint64_t end) {
  const std::size_t before = guarded_application - segment.address;
  if (segment.end() <= end) {
    segment.data.resize(before + (segment.data.size() - before + 3) / 4 * 4, 0xFF);
    return std::span(segment.data).subspan(before);
  }
  return std::span(segment.data)
      .subspan(before, static_cast<std::size_t>((end - guarded_application) / 4 * 4));
}

// Of the file that the application is in: data of others may be changed by the application.
std::uint64_t end_of_file(const Image& image) {
  const Image& file = part_at(image, guarded_application);
  return file.segments.back().end();
}

}  // namespace

std::optional<Guard> guard_at(ByteView vectors) {
  if (vectors.size() < guard_words_end || long_word_at(vectors, GUARD_SLOTS) != GUARD_MAGIC) {
    return std::nullopt;
  }
  return Guard{long_word_at(vectors, GUARD_SLOTS + 4), long_word_at(vectors, GUARD_SLOTS + 8)};
}

std::optional<Guard> guard_in(const Image& image) {
  const Segment& first = image.segments.front();
  return first.address == flash_base ? guard_at(first.data) : std::nullopt;
}

StampWords stamp_in(ByteView vectors) {
  if (long_word_at(vectors, GUARD_SLOTS) != GUARD_STAMP_MAGIC) return {};
  const std::uint32_t flags = long_word_at(vectors, GUARD_SLOTS + 12);
  return {true, long_word_at(vectors, GUARD_SLOTS + 4), (flags & GUARD_STAMP_CONFIRM) != 0};
}

Stamp judge_stamp(ByteView application) {
  if (application.size() < guard_words_end) return Stamp::none;
  const StampWords stamp = stamp_in(application);
  if (!stamp.is_there) return Stamp::none;
  const bool is_possible = stamp.length % 4 == 0 && stamp.length >= GUARD_STAMP_SHORTEST &&
                           stamp.length <= application.size();
  const bool fits = is_possible && guard_stamp_crc(application.data(), stamp.length) ==
                                       long_word_at(application, GUARD_STAMP_CRC_AT);
  return fits ? Stamp::right : Stamp::wrong;
}

bool begins_application(ByteView words) {
  const std::uint32_t reset = long_word_at(words, 4);
  return is_stack_pointer(long_word_at(words, 0)) && reset % 2 != 0 && in_flash(reset) &&
         reset > guarded_application + 8;
}

ByteView application_in(const Image& image) {
  for (const Segment& segment : image.segments) {
    if (!holds(segment, guarded_application)) continue;
    return ByteView(segment.data).subspan(guarded_application - segment.address);
  }
  return {};
}

std::optional<Error> put_stamp(Image& image) {
  const ByteView found = application_in(image);
  if (found.size() < guard_words_end || !begins_application(found)) {
    return no_stamp(image, "no program begins at " + hex32(guarded_application));
  }
  if (judge_stamp(found) == Stamp::right) return std::nullopt;
  std::vector<Segment> segments = image.segments;
  const auto at = static_cast<std::size_t>(
      std::find_if(segments.begin(), segments.end(),
                   [](const Segment& s) { return holds(s, guarded_application); }) -
      segments.begin());
  const std::uint64_t end = end_of_file(image);
  close_gaps(segments, at, end);
  const std::span<std::uint8_t> application = application_of(segments[at], end);
  if (!guard_stamp_put(application.data(), static_cast<std::uint32_t>(application.size()))) {
    return no_stamp(image, "its words 7 to 10, which are free in most programs, are not 0");
  }
  image.segments = std::move(segments);
  return std::nullopt;
}

Image moved_to(Image image, std::uint32_t address) {
  image.segments.front().address = address;
  return image;
}

}  // namespace sysboot
