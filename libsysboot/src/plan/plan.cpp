// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

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
                stretch.content.data() + (piece.address - stretch.address));
    }
  }
  return out;
}

bool is_blank(ByteView bytes, std::uint8_t erased) {
  return std::all_of(bytes.begin(), bytes.end(), [&](auto byte) { return byte == erased; });
}

std::uint32_t image_start(const FlashPlan& plan) {
  const auto& pieces = plan.sectors.front().pieces;
  return std::find_if(pieces.begin(), pieces.end(), [](const Piece& p) { return !p.kept; })
      ->address;
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

// Takes the words at the address out of the block that has them; its rest stays where it is.
std::optional<Block> take_words(std::uint32_t address, const WriteSizes& sizes,
                                std::vector<Block>& blocks) {
  const auto holder = std::find_if(blocks.begin(), blocks.end(),
                                   [&](const Block& block) { return is_inside(block, address); });
  if (holder == blocks.end()) return std::nullopt;
  const std::size_t offset = address - holder->address;
  const std::size_t from = offset - offset % sizes.start;
  const std::size_t to = std::min<std::size_t>(from + sizes.start, holder->data.size());
  const auto part = [&](std::size_t first, std::size_t end) {
    return Block{holder->address + static_cast<std::uint32_t>(first),
                 Bytes(holder->data.begin() + static_cast<std::ptrdiff_t>(first),
                       holder->data.begin() + static_cast<std::ptrdiff_t>(end))};
  };
  Block words = part(from, to);
  std::vector<Block> rest;
  if (from > 0 && used_size(ByteView(holder->data).first(from), sizes.erased) > 0)
    rest.push_back(part(0, from));
  const ByteView behind = ByteView(holder->data).subspan(to);
  if (used_size(behind, sizes.erased) > 0) rest.push_back(part(to, holder->data.size()));
  const auto place = blocks.erase(holder);
  blocks.insert(place, rest.begin(), rest.end());
  return words;
}

// Addresses have 64 bits, sizes in memory not everywhere.
ByteView part_of(ByteView bytes, std::uint64_t from, std::uint64_t size) {
  return bytes.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(size));
}

// Does it carry anything that is kept? Blank bytes need no keeping.
bool holds_kept(const Block& block, const std::vector<Piece>& pieces, std::uint8_t erased) {
  const std::uint64_t block_end = block.address + std::uint64_t{block.data.size()};
  return std::any_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
    const std::uint64_t from = std::max(block.address, piece.address);
    const std::uint64_t to = std::min(block_end, piece.address + std::uint64_t{piece.data.size()});
    return piece.kept && from < to &&
           !is_blank(part_of(piece.data, from - piece.address, to - from), erased);
  });
}

bool holds_kept(const SectorPlan& plan, std::uint8_t erased) {
  return std::any_of(plan.pieces.begin(), plan.pieces.end(), [&](const Piece& piece) {
    return piece.kept && !is_blank(piece.data, erased);
  });
}

// What is kept goes first, and the words at the start of flash last of it (see WritePlan).
void order_body(const std::vector<Piece>& pieces, const WriteSizes& sizes, WritePlan& writes) {
  auto& blocks = writes.body.blocks;
  const auto rest = std::stable_partition(blocks.begin(), blocks.end(), [&](const Block& block) {
    return holds_kept(block, pieces, sizes.erased);
  });
  std::vector<Block> kept(blocks.begin(), rest);
  if (auto words = take_words(flash_base, sizes, kept)) kept.push_back(std::move(*words));
  writes.kept_blocks = kept.size();
  kept.insert(kept.end(), rest, blocks.end());
  blocks = std::move(kept);
}

void plan_erase(const std::vector<const SectorPlan*>& rewritten, std::uint8_t erased,
                WritePlan& writes) {
  for (const bool kept : {false, true}) {
    for (const SectorPlan* plan : rewritten) {
      if (holds_kept(*plan, erased) != kept) continue;
      writes.erase.push_back(plan->sector);
      writes.erase_bytes += plan->sector.size;
      writes.kept_sectors += kept ? 1 : 0;
    }
  }
}

// The part of a piece from `first` to before `end`, which must lie in it.
Piece cut(const Piece& piece, std::uint64_t first, std::uint64_t end) {
  return {static_cast<std::uint32_t>(first),
          part_of(piece.data, first - piece.address, end - first), piece.kept};
}

// Bytes that the start carries are proved with it, all others with the body.
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

// A stack pointer with this bit is none.
constexpr std::uint8_t not_yet = 0x80;

void commit_with_one_bit(WritePart& start) {
  Block& words = start.blocks.front();
  Block pointer{words.address, {words.data.begin(), words.data.begin() + 4}};
  words.data[3] |= not_yet;
  start.blocks.push_back(std::move(pointer));
}

void count(WritePart& part) {
  for (const Block& block : part.blocks) part.write_bytes += block.data.size();
  for (const Piece& piece : part.verify) part.verify_bytes += piece.data.size();
}

// The segment that has this byte, of the image that does.
const Segment& segment_at(const Image& image, std::uint64_t address) {
  return *std::find_if(image.segments.begin(), image.segments.end(), [&](const Segment& segment) {
    return address >= segment.address && address < segment.end();
  });
}

[[noreturn]] void does_not_fit(const Image& whole, const MemoryLayout& layout,
                               std::uint64_t address) {
  const Image& image = part_at(whole, static_cast<std::uint32_t>(address));
  const Segment& segment = segment_at(image, address);
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

// What the image leaves free before its last byte, sector by sector; behind it, the tail.
void find_gaps(FlashPlan& plan, bool keep_tail) {
  for (SectorPlan& sector : plan.sectors) {
    std::uint64_t at = sector.sector.address;
    const auto free_until = [&](std::uint64_t end) {
      if (end > at) {
        sector.gaps.push_back(
            {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at)});
      }
    };
    for (const Piece& piece : sector.pieces) {
      free_until(piece.address);
      at = piece.address + std::uint64_t{piece.data.size()};
    }
    free_until(sector.sector.end());
  }
  SectorPlan& last = plan.sectors.back();
  const bool ends_free = !last.gaps.empty() && last.gaps.back().end() == last.sector.end();
  if (keep_tail || !ends_free) return;
  plan.tail = last.gaps.back();
  last.gaps.pop_back();
}

}  // namespace

std::uint64_t SectorPlan::piece_bytes() const {
  std::uint64_t total = 0;
  for (const Piece& piece : pieces) total += piece.data.size();
  return total;
}

std::uint64_t FlashPlan::erase_bytes() const {
  std::uint64_t total = 0;
  for (const auto& plan : sectors) total += plan.sector.size;
  return total;
}

std::uint64_t FlashPlan::piece_bytes() const {
  std::uint64_t total = 0;
  for (const auto& plan : sectors) total += plan.piece_bytes();
  return total;
}

bool FlashPlan::has_gaps() const {
  return std::any_of(sectors.begin(), sectors.end(),
                     [](const SectorPlan& plan) { return !plan.gaps.empty(); });
}

FlashPlan plan_flash(const Image& image, const MemoryLayout& layout, bool keep_tail) {
  FlashPlan plan;
  plan.image_bytes = image.size();
  for (const Segment& segment : image.segments) {
    for (std::uint64_t at = segment.address; at < segment.end();) {
      const auto sector = layout.sector_at(at);
      if (!sector || !sector->access.erasable || !sector->access.writable) {
        does_not_fit(image, layout, at);
      }
      const std::uint64_t end = std::min(segment.end(), sector->end());
      const Piece piece{static_cast<std::uint32_t>(at),
                        part_of(segment.data, at - segment.address, end - at)};
      if (plan.sectors.empty() || plan.sectors.back().sector.address != sector->address) {
        plan.sectors.push_back({*sector, {}, {}});
      }
      plan.sectors.back().pieces.push_back(piece);
      at = end;
    }
  }
  find_gaps(plan, keep_tail);
  return plan;
}

FlashPlan with_kept(FlashPlan plan, const std::vector<Segment>& read) {
  auto next = read.begin();
  for (SectorPlan& sector : plan.sectors) {
    for (std::size_t i = 0; i < sector.gaps.size(); ++i, ++next) {
      sector.pieces.push_back({next->address, next->data, true});
    }
    sector.gaps.clear();
    const auto by_address = [](const Piece& a, const Piece& b) { return a.address < b.address; };
    std::sort(sector.pieces.begin(), sector.pieces.end(), by_address);
  }
  return plan;
}

std::optional<FlashRange> used_part(std::uint32_t address, ByteView bytes, std::uint8_t erased) {
  const auto is_used = [&](std::uint8_t byte) { return byte != erased; };
  const auto first = std::find_if(bytes.begin(), bytes.end(), is_used);
  if (first == bytes.end()) return std::nullopt;
  const auto last = std::find_if(bytes.rbegin(), bytes.rend(), is_used).base();
  return FlashRange{address + static_cast<std::uint32_t>(first - bytes.begin()),
                    static_cast<std::uint32_t>(last - first)};
}

std::vector<bool> may_stay(const FlashPlan& plan, std::vector<bool> matches) {
  const bool all = std::find(matches.begin(), matches.end(), false) == matches.end();
  if (all || !plan.guarded_vectors) return matches;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const Sector& sector = plan.sectors[i].sector;
    const bool holds_vectors =
        *plan.guarded_vectors >= sector.address && *plan.guarded_vectors < sector.end();
    matches[i] = matches[i] && !holds_vectors;
  }
  return matches;
}

void leave_blank(WritePlan& writes, const std::vector<bool>& blank) {
  const std::size_t first_kept = writes.erase.size() - writes.kept_sectors;
  std::vector<Sector> erase;
  for (std::size_t i = 0; i < writes.erase.size(); ++i) {
    if (!blank[i]) {
      erase.push_back(writes.erase[i]);
      continue;
    }
    writes.erase_bytes -= writes.erase[i].size;
    if (i >= first_kept) --writes.kept_sectors;
  }
  writes.erase = std::move(erase);
}

std::uint32_t last_words(const FlashPlan& plan) {
  return plan.guarded_vectors.value_or(image_start(plan));
}

WritePlan plan_writes(const FlashPlan& plan, const std::vector<bool>& matches,
                      const WriteSizes& sizes) {
  std::vector<const SectorPlan*> rewritten;
  std::vector<Piece> pieces;
  WritePlan writes;
  for (std::size_t i = 0; i < plan.sectors.size(); ++i) {
    const SectorPlan& sector = plan.sectors[i];
    pieces.insert(pieces.end(), sector.pieces.begin(), sector.pieces.end());
    if (!matches[i]) rewritten.push_back(&sector);
  }
  if (rewritten.empty()) return writes;
  plan_erase(rewritten, sizes.erased, writes);
  for (const Stretch& stretch : stretches(rewritten, sizes.erased)) {
    auto blocks = blocks_of(stretch, sizes);
    std::move(blocks.begin(), blocks.end(), std::back_inserter(writes.body.blocks));
  }
  if (auto words = take_words(last_words(plan), sizes, writes.body.blocks)) {
    writes.start.blocks.push_back(std::move(*words));
  }
  const bool is_under_guard =
      !writes.start.blocks.empty() && writes.start.blocks.front().address == plan.guarded_vectors;
  if (is_under_guard) commit_with_one_bit(writes.start);
  order_body(pieces, sizes, writes);
  share_out(pieces, writes);
  count(writes.body);
  count(writes.start);
  return writes;
}

}  // namespace sysboot
