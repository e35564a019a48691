// SPDX-License-Identifier: GPL-3.0-or-later
// Several images become one.
#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/image.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// A segment, and the image that it is of.
struct Source {
  const Image* image;
  const Segment* segment;
};

std::string describe(const Source& source) {
  return fmt::format("{} ({}-{})", source.image->name, hex32(source.segment->address),
                     hex32(source.segment->end() - 1));
}

// Without an address, a raw binary goes to the start of flash: perhaps it was forgotten.
std::string forgotten(const Image& image) {
  return image.format == "bin" && image.start() == flash_base ? image.name : std::string();
}

[[noreturn]] void overlap(const Source& one, const Source& other) {
  const std::string name = forgotten(*one.image);
  throw Error(Errc::usage, fmt::format("{} and {} both have bytes for {}", describe(one),
                                       describe(other), hex32(other.segment->address)))
      .with_remedy(name.empty() ? forgotten(*other.image) : name);
}

// In order of address; touching ones are one.
std::vector<Segment> joined(std::vector<Source> sources) {
  std::stable_sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) {
    return a.segment->address < b.segment->address;
  });
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Segment& next = *sources[i].segment;
    if (i > 0 && sources[i - 1].segment->end() > next.address) overlap(sources[i - 1], sources[i]);
    if (segments.empty() || segments.back().end() < next.address) {
      segments.push_back(next);
    } else {
      segments.back().data.insert(segments.back().data.end(), next.data.begin(), next.data.end());
    }
  }
  return segments;
}

std::vector<Segment> join_segments(const std::vector<Image>& images) {
  std::vector<Source> sources;
  for (const Image& image : images) {
    for (const Segment& segment : image.segments) sources.push_back({&image, &segment});
  }
  return joined(std::move(sources));
}

AlternateTarget join_targets(const std::vector<Image>& images, std::uint8_t alternate) {
  AlternateTarget all{alternate, {}, {}};
  std::vector<Source> sources;
  for (const Image& image : images) {
    for (const AlternateTarget& target : image.other_targets) {
      if (target.alternate != alternate) continue;
      if (all.name.empty()) all.name = target.name;
      for (const Segment& segment : target.segments) sources.push_back({&image, &segment});
    }
  }
  all.segments = joined(std::move(sources));
  return all;
}

std::vector<AlternateTarget> join_other_targets(const std::vector<Image>& images) {
  std::vector<std::uint8_t> alternates;
  for (const Image& image : images) {
    for (const AlternateTarget& target : image.other_targets)
      alternates.push_back(target.alternate);
  }
  std::sort(alternates.begin(), alternates.end());
  alternates.erase(std::unique(alternates.begin(), alternates.end()), alternates.end());
  std::vector<AlternateTarget> all;
  for (const std::uint8_t alternate : alternates) all.push_back(join_targets(images, alternate));
  return all;
}

[[noreturn]] void contradict(const Image& one, const std::string& its, const Image& other,
                             const std::string& others) {
  throw Error(Errc::made_for_another, fmt::format("{} says it is for {}, but {} for {}", one.name,
                                                  its, other.name, others));
}

// What one of two ids says; 0 and 0xFFFF say nothing. None where they say different things.
std::optional<std::uint16_t> common(std::uint16_t one, std::uint16_t other) {
  const auto is_said = [](std::uint16_t id) { return id != 0 && id != 0xFFFF; };
  if (is_said(one) && is_said(other) && one != other) return std::nullopt;
  return is_said(other) ? other : one;
}

void add_made_for(const Image& from, const Image*& said_by, Image& whole) {
  if (!from.made_for) return;
  if (!whole.made_for) {
    whole.made_for = from.made_for;
    said_by = &from;
    return;
  }
  const auto vendor = common(whole.made_for->first, from.made_for->first);
  const auto product = common(whole.made_for->second, from.made_for->second);
  if (!vendor || !product) {
    contradict(*said_by, usb_id(whole.made_for->first, whole.made_for->second), from,
               usb_id(from.made_for->first, from.made_for->second));
  }
  whole.made_for = {*vendor, *product};
}

void add_family(const Image& from, const Image*& said_by, Image& whole) {
  if (!from.uf2_family) return;
  if (whole.uf2_family && whole.uf2_family != from.uf2_family) {
    contradict(*said_by, describe_uf2_family(*whole.uf2_family), from,
               describe_uf2_family(*from.uf2_family));
  }
  whole.uf2_family = from.uf2_family;
  said_by = &from;
}

bool holds(const Image& image, std::uint32_t address) {
  return std::any_of(image.segments.begin(), image.segments.end(), [&](const Segment& segment) {
    return address >= segment.address && address < segment.end();
  });
}

std::optional<std::uint32_t> first_entry(const std::vector<Image>& images) {
  const Image* first = nullptr;
  for (const Image& image : images) {
    constexpr std::uint32_t thumb_bit = 1;
    if (!image.entry || !holds(image, *image.entry & ~thumb_bit)) continue;
    if (first == nullptr || image.start() < first->start()) first = &image;
  }
  return first != nullptr ? first->entry : std::nullopt;
}

}  // namespace

Image merge_images(std::vector<Image> images) {
  if (images.size() == 1) return std::move(images.front());
  Image whole;
  const Image* says_device = nullptr;
  const Image* says_family = nullptr;
  for (const Image& image : images) {
    whole.name += (whole.name.empty() ? "" : " + ") + image.name;
    add_made_for(image, says_device, whole);
    add_family(image, says_family, whole);
    for (const std::string& note : image.notes) {
      whole.notes.push_back(fmt::format("{}: {}", image.name, note));
    }
  }
  whole.format = "several";
  whole.segments = join_segments(images);
  whole.entry = first_entry(images);
  whole.other_targets = join_other_targets(images);
  whole.parts = std::move(images);
  return whole;
}

const Image& part_at(const Image& image, std::uint32_t address) {
  const auto part = std::find_if(image.parts.begin(), image.parts.end(),
                                 [&](const Image& one) { return holds(one, address); });
  return part == image.parts.end() ? image : *part;
}

}  // namespace sysboot
