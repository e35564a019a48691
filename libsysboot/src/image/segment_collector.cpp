// SPDX-License-Identifier: GPL-3.0-or-later
#include "segment_collector.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::size_t most_segments = 65536;

}  // namespace

std::string Place::describe() const {
  return fmt::format("{} {}", unit == PlaceUnit::line ? "line" : "byte", number);
}

void Place::fail(std::string_view problem) const {
  throw Error(Errc::bad_image, fmt::format("{}: {}", describe(), problem));
}

void SegmentCollector::add(std::uint32_t address, ByteView data, std::size_t place) {
  if (data.empty()) return;
  const Place here{unit_, place};
  if (address + std::uint64_t{data.size()} > std::uint64_t{1} << 32) {
    here.fail(fmt::format("{} bytes at {} run past 0xFFFFFFFF", data.size(), hex32(address)));
  }
  total_ += data.size();
  if (total_ > largest_image) {
    here.fail("more data than any STM32 image (limit " + human_size(largest_image) + ")");
  }
  pieces_.push_back({address, static_cast<std::uint32_t>(data.size()), data.data(), place});
}

std::vector<Segment> SegmentCollector::finish() {
  std::sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) {
    return a.address != b.address ? a.address < b.address : a.place < b.place;
  });
  std::vector<Segment> segments;
  for (const Piece& piece : pieces_) {
    if (segments.empty() || piece.address > segments.back().end()) {
      if (segments.size() == most_segments) {
        throw Error(Errc::bad_image,
                    fmt::format("has more than {} separate pieces", most_segments));
      }
      segments.push_back({piece.address, {}});
    }
    append(segments.back(), piece);
  }
  return segments;
}

// What is there already must be the same.
void SegmentCollector::append(Segment& segment, const Piece& piece) const {
  const auto known =
      static_cast<std::size_t>(std::min<std::uint64_t>(piece.size, segment.end() - piece.address));
  const auto* const there = segment.data.data() + (piece.address - segment.address);
  const auto [differs, other] = std::mismatch(piece.data, piece.data + known, there);
  if (differs != piece.data + known) {
    reject_overlap(piece, piece.address + static_cast<std::uint32_t>(differs - piece.data));
  }
  segment.data.insert(segment.data.end(), piece.data + known, piece.data + piece.size);
}

void SegmentCollector::reject_overlap(const Piece& piece, std::uint32_t address) const {
  const auto earlier = std::find_if(pieces_.begin(), pieces_.end(), [&](const Piece& candidate) {
    return candidate.address <= address && address < candidate.end();
  });
  const std::uint64_t end = std::min(earlier->end(), piece.end());
  const auto [before, after] = std::minmax(earlier->place, piece.place);
  Place{unit_, after}.fail(fmt::format("{}-{} has bytes here and at {}, different ones",
                                       hex32(std::max(earlier->address, piece.address)),
                                       hex32(end - 1), Place{unit_, before}.describe()));
}

}  // namespace sysboot
