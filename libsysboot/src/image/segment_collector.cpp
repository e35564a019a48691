// SPDX-License-Identifier: GPL-3.0-or-later
#include "segment_collector.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::size_t most_segments = 65536;

// How many pieces from `first` on follow each other without a gap, and their size.
template <typename Pieces>
std::pair<std::size_t, std::size_t> run_at(const Pieces& pieces, std::size_t first) {
  std::size_t size = pieces[first].size;
  std::size_t next = first + 1;
  for (; next < pieces.size() && pieces[next].address == pieces[next - 1].end(); ++next) {
    size += pieces[next].size;
  }
  return {next - first, size};
}

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
  for (std::size_t at = 0; at < pieces_.size();) {
    const auto [count, size] = run_at(pieces_, at);
    if (segments.size() == most_segments) {
      throw Error(Errc::bad_image, fmt::format("has more than {} separate pieces", most_segments));
    }
    Segment& segment = segments.emplace_back();
    segment.address = pieces_[at].address;
    segment.data.reserve(size);
    for (const std::size_t end = at + count; at < end; ++at) {
      const Piece& piece = pieces_[at];
      segment.data.insert(segment.data.end(), piece.data, piece.data + piece.size);
    }
    if (at < pieces_.size()) reject_overlap(pieces_[at - 1], pieces_[at]);
  }
  return segments;
}

void SegmentCollector::reject_overlap(const Piece& first, const Piece& second) const {
  if (second.address >= first.end()) return;
  const std::uint64_t end = std::min(first.end(), second.end());
  const std::uint8_t* seen = first.data + (second.address - first.address);
  const bool same = std::equal(second.data, second.data + (end - second.address), seen);
  const auto [before, after] = std::minmax(first.place, second.place);
  Place{unit_, after}.fail(fmt::format("{}-{} has bytes here and at {}, {}", hex32(second.address),
                                       hex32(end - 1), Place{unit_, before}.describe(),
                                       same ? "the same ones" : "different ones"));
}

}  // namespace sysboot
