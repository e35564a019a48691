// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// Sectors in a row that will be erased, as one stretch of empty memory with the image in it.
struct Stretch {
  std::uint32_t address = 0;
  Bytes content;

  std::uint64_t end() const { return address + std::uint64_t{content.size()}; }
};

std::vector<Stretch> stretches(const std::vector<const SectorPlan*>& sectors, std::uint8_t erased) {
  std::vector<Stretch> out;
  for (const SectorPlan* plan : sectors) {
    const Sector& sector = plan->sector;
    if (out.empty() || out.back().end() != sector.address) out.push_back({sector.address, {}});
    Stretch& stretch = out.back();
    stretch.content.resize(stretch.content.size() + sector.size, erased);
    for (const Piece& piece : plan->pieces) {
      std::copy(piece.data.begin(), piece.data.end(),
                stretch.content.begin() + (piece.address - stretch.address));
    }
  }
  return out;
}

// How many bytes of the block have to be written: what erasing left right at its end does not.
std::size_t used_size(ByteView block, std::uint8_t erased) {
  const auto last =
      std::find_if(block.rbegin(), block.rend(), [&](auto byte) { return byte != erased; });
  const auto used = static_cast<std::size_t>(block.rend() - last);
  return std::min(block.size(), (used + padding_unit - 1) / padding_unit * padding_unit);
}

// Blocks inside a run stay whole, so that block numbers go on; the last one is cut to what is used.
std::vector<Block> blocks_of(const Stretch& stretch, const WriteSizes& sizes) {
  const std::uint32_t block_size = sizes.block;
  std::vector<Block> blocks;
  const ByteView content(stretch.content);
  const auto whole = [&](std::size_t at) {
    return content.subspan(std::min(at, content.size()))
        .first(std::min<std::size_t>(block_size, content.size() - std::min(at, content.size())));
  };
  for (std::size_t at = 0; at < content.size(); at += block_size) {
    const std::size_t used = used_size(whole(at), sizes.erased);
    if (used == 0) continue;
    const bool run_goes_on = used_size(whole(at + block_size), sizes.erased) > 0;
    const ByteView data = run_goes_on ? whole(at) : whole(at).first(used);
    blocks.push_back(
        {stretch.address + static_cast<std::uint32_t>(at), {data.begin(), data.end()}});
  }
  return blocks;
}

bool is_inside(const Block& block, std::uint32_t address) {
  return address >= block.address && address < block.address + std::uint64_t{block.data.size()};
}

// The first words of the image go last; the rest of their block belongs to the body.
void split_start(std::uint32_t image_start, const WriteSizes& sizes, WritePlan& writes) {
  auto& blocks = writes.body.blocks;
  const auto holder = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) {
    return is_inside(block, image_start);
  });
  if (holder == blocks.end()) return;
  const std::size_t offset = image_start - holder->address;
  const std::size_t from = offset - offset % sizes.start;
  const std::size_t to = std::min<std::size_t>(from + sizes.start, holder->data.size());
  const auto part = [&](std::size_t first, std::size_t end) {
    return Block{holder->address + static_cast<std::uint32_t>(first),
                 Bytes(holder->data.begin() + static_cast<std::ptrdiff_t>(first),
                       holder->data.begin() + static_cast<std::ptrdiff_t>(end))};
  };
  writes.start.blocks.push_back(part(from, to));
  std::vector<Block> rest;
  if (from > 0 && used_size(ByteView(holder->data).first(from), sizes.erased) > 0)
    rest.push_back(part(0, from));
  const ByteView behind = ByteView(holder->data).subspan(to);
  if (used_size(behind, sizes.erased) > 0) rest.push_back(part(to, holder->data.size()));
  const auto place = blocks.erase(holder);
  blocks.insert(place, rest.begin(), rest.end());
}

// The part of a piece from `first` to before `end`, which must lie in it.
Piece cut(const Piece& piece, std::uint64_t first, std::uint64_t end) {
  return {static_cast<std::uint32_t>(first),
          piece.data.subspan(first - piece.address, end - first)};
}

// Image bytes that the start carries are proved with it, all others with the body.
void share_out(const std::vector<Piece>& pieces, WritePlan& plan) {
  std::uint64_t block_start = 0;
  std::uint64_t block_end = 0;
  if (!plan.start.blocks.empty()) {
    const Block& block = plan.start.blocks.front();
    block_start = block.address;
    block_end = block_start + block.data.size();
  }
  for (const Piece& piece : pieces) {
    const std::uint64_t end = piece.address + std::uint64_t{piece.data.size()};
    const std::uint64_t from = std::clamp<std::uint64_t>(block_start, piece.address, end);
    const std::uint64_t to = std::clamp<std::uint64_t>(block_end, from, end);
    if (from > piece.address) plan.body.verify.push_back(cut(piece, piece.address, from));
    if (to > from) plan.start.verify.push_back(cut(piece, from, to));
    if (end > to) plan.body.verify.push_back(cut(piece, to, end));
  }
}

void count(WritePart& part) {
  for (const Block& block : part.blocks) part.write_bytes += block.data.size();
  for (const Piece& piece : part.verify) part.verify_bytes += piece.data.size();
}

[[noreturn]] void does_not_fit(const Image& image, const Segment& segment,
                               const MemoryLayout& layout, std::uint64_t address) {
  if (const auto sector = layout.sector_at(address)) {
    throw Error(Errc::image_does_not_fit,
                fmt::format("the sector at {} allows {}, but flashing needs erase and write",
                            hex32(sector->address), sector->access.describe()));
  }
  const std::string place =
      fmt::format("{} goes to {}-{}", image.name, hex32(segment.address), hex32(segment.end() - 1));
  const std::string memory = fmt::format("{} ({})", layout.name, layout.describe());
  if (address == segment.address) {
    throw Error(Errc::image_does_not_fit, place + ", outside " + memory);
  }
  throw Error(Errc::image_does_not_fit, fmt::format("{}, {} past the end of {}", place,
                                                    human_size(segment.end() - address), memory));
}

}  // namespace

std::uint64_t FlashPlan::erase_bytes() const {
  std::uint64_t total = 0;
  for (const auto& plan : sectors) total += plan.sector.size;
  return total;
}

FlashPlan plan_flash(const Image& image, const MemoryLayout& layout) {
  FlashPlan plan;
  plan.image_bytes = image.size();
  for (const Segment& segment : image.segments) {
    for (std::uint64_t at = segment.address; at < segment.end();) {
      const auto sector = layout.sector_at(at);
      if (!sector || !sector->access.erasable || !sector->access.writable) {
        does_not_fit(image, segment, layout, at);
      }
      const std::uint64_t end = std::min(segment.end(), sector->end());
      const Piece piece{static_cast<std::uint32_t>(at),
                        ByteView(segment.data).subspan(at - segment.address, end - at)};
      if (plan.sectors.empty() || plan.sectors.back().sector.address != sector->address) {
        plan.sectors.push_back({*sector, {}});
      }
      plan.sectors.back().pieces.push_back(piece);
      at = end;
    }
  }
  return plan;
}

WritePlan plan_writes(const FlashPlan& plan, const std::vector<bool>& matches,
                      const WriteSizes& sizes) {
  std::vector<const SectorPlan*> rewritten;
  std::vector<Piece> pieces;
  WritePlan writes;
  for (std::size_t i = 0; i < plan.sectors.size(); ++i) {
    if (matches[i]) continue;
    const SectorPlan& sector = plan.sectors[i];
    rewritten.push_back(&sector);
    writes.erase.push_back(sector.sector);
    writes.erase_bytes += sector.sector.size;
    pieces.insert(pieces.end(), sector.pieces.begin(), sector.pieces.end());
  }
  for (const Stretch& stretch : stretches(rewritten, sizes.erased)) {
    auto blocks = blocks_of(stretch, sizes);
    std::move(blocks.begin(), blocks.end(), std::back_inserter(writes.body.blocks));
  }
  split_start(plan.sectors.front().pieces.front().address, sizes, writes);
  share_out(pieces, writes);
  count(writes.body);
  count(writes.start);
  return writes;
}

}  // namespace sysboot
