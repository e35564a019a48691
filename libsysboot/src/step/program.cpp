// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "difference.hpp"
#include "guarded.hpp"
#include "image/bytes.hpp"
#include "image/guard.hpp"
#include "plan/plan.hpp"
#include "stage_clock.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

Segment read_range(const Job& job, FlashReader& reader, const FlashRange& range,
                   std::uint32_t chunk) {
  Segment segment{range.address, Bytes(range.size)};
  for (std::size_t at = 0; at < segment.data.size(); at += chunk) {
    job.check_stop();
    const std::size_t count = std::min<std::size_t>(chunk, segment.data.size() - at);
    reader.read(range.address + static_cast<std::uint32_t>(at),
                std::span(segment.data).subspan(at, count),
                range.address + std::uint64_t{range.size});
  }
  return segment;
}

// Those of sectors that do not match.
std::vector<const Piece*> kept_pieces(const FlashPlan& plan, const std::vector<bool>& matches) {
  std::vector<const Piece*> kept;
  for (std::size_t i = 0; i < plan.sectors.size(); ++i) {
    if (matches[i]) continue;
    for (const Piece& piece : plan.sectors[i].pieces) {
      if (piece.kept) kept.push_back(&piece);
    }
  }
  return kept;
}

bool brings_guard(const FlashPlan& plan) {
  const auto& pieces = plan.sectors.front().pieces;
  if (pieces.empty() || pieces.front().address != flash_base) return false;
  const ByteView data = pieces.front().data;
  return data.size() >= guard_words_end && guard_at(data.first(guard_words_end)).has_value();
}

bool is_in_matching_sector(const FlashPlan& plan, const std::vector<bool>& matches,
                           std::uint32_t address) {
  for (std::size_t i = 0; i < plan.sectors.size(); ++i) {
    const Sector& sector = plan.sectors[i].sector;
    if (address >= sector.address && address < sector.end()) return matches[i];
  }
  return false;
}

}  // namespace

WriteSizes write_sizes(const DfuseSession& dfu) {
  WriteSizes sizes;
  sizes.block = dfu.block_size();
  sizes.start = std::max(sizes.start, program_unit(dfu.layout()));
  sizes.erased = erased_byte(dfu.layout());
  return sizes;
}

void require_readable_gaps(const Job& job, const DfuseSession& dfu, const Image& image, bool force,
                           FlashPlan& plan) {
  if (dfu.description().functional.can_upload || !plan.has_gaps()) return;
  std::string first;
  for (SectorPlan& sector : plan.sectors) {
    if (first.empty() && !sector.gaps.empty()) first = sector.gaps.front().describe();
    sector.gaps.clear();
  }
  const std::string text = fmt::format(
      "what {} leaves free in its sectors cannot be kept, first {}: the device does not "
      "let its flash be read",
      image.name, first);
  if (!force) throw Error(Errc::image_does_not_fit, text);
  job.note(Note::Level::warning, text);
}

std::vector<Segment> read_gaps(const Job& job, DfuseSession& dfu, const FlashPlan& plan) {
  FlashReader reader(dfu);
  std::vector<Segment> read;
  for (const SectorPlan& sector : plan.sectors) {
    for (const FlashRange& gap : sector.gaps) {
      read.push_back(read_range(job, reader, gap, dfu.block_size()));
    }
  }
  return read;
}

std::vector<FlashRange> find_lost(const Job& job, DfuseSession& dfu, const FlashPlan& plan,
                                  const std::vector<bool>& matches) {
  if (!plan.tail || matches.back()) return {};
  FlashReader reader(dfu);
  const Segment tail = read_range(job, reader, *plan.tail, dfu.block_size());
  const auto used = used_part(tail.address, tail.data, erased_byte(dfu.layout()));
  return used ? std::vector{*used} : std::vector<FlashRange>{};
}

void require_no_error_correction(const DfuseSession& dfu) {
  // F2, F4 and F7 program bytes, F0, F1 and F3 half-words, which leaves no room for a code; those
  // that program 64 bits and more at a time do it for that (RM0351 section 3.3.1).
  constexpr std::uint32_t widest_without = 2;
  if (program_unit(dfu.layout()) <= widest_without && erased_byte(dfu.layout()) == 0xFF) return;
  throw Error(
      Errc::usage,
      "sectors that read erased have to be erased all the same: the flash of this board has, "
      "or may have, error correction");
}

std::vector<Sector> leave_blank(const Job& job, DfuseSession& dfu, WritePlan& writes) {
  FlashReader reader(dfu);
  std::vector<Sector> left;
  std::vector<bool> blank;
  for (const Sector& sector : writes.erase) {
    blank.push_back(reader.is_blank(job, sector));
    if (blank.back()) left.push_back(sector);
  }
  leave_blank(writes, blank);
  return left;
}

// While power may fail: the first write clears one bit, which makes an even and so no reset vector
// of it, the second all others, so that erasing torn in the middle does not make one again.
void invalidate_vectors(const Job& job, DfuseSession& dfu, std::uint32_t address) {
  Bytes words(8);
  dfu.read_block(address, words);
  const std::uint32_t reset = long_word_at(words, 4);
  if (used_part(address, words, erased_byte(dfu.layout())) == std::nullopt) return;
  Bytes even;
  append_long_word(even, reset & ~std::uint32_t{1});
  job.check_stop();
  dfu.write_block(address + 4, even);
  dfu.write_block(address, Bytes(words.size(), 0));
}

Programmer::Programmer(const Job& job, DfuseSession& dfu, FlashPlan plan,
                       const FlashOptions& options, FlashResult& result)
    : job_(job),
      dfu_(dfu),
      plan_(std::move(plan)),
      options_(options),
      result_(result),
      erased_before_(result.sectors_erased),
      blank_before_(result.sectors_blank),
      written_before_(result.bytes_written) {}

void Programmer::program() {
  std::vector<bool> matches(plan_.sectors.size(), false);
  if (options_.compare_first) matches = compare(job_, dfu_, plan_);
  if (!has_erased_ && was_broken_off(matches)) matches.assign(matches.size(), false);
  const bool all_match = std::find(matches.begin(), matches.end(), false) == matches.end();
  if (all_match) {
    at_risk_.clear();
    result_.bytes_verified += plan_.image_bytes;
    return;
  }
  if (!has_kept_) read_kept(matches);
  matches = may_stay(plan_, std::move(matches));
  if (erases_more_) matches.assign(matches.size(), false);
  if (const auto changed = rewrite(matches)) {
    const std::string reason =
        blank_.empty()
            ? "flash has changed in a sector that was right and was not to be erased, so "
              "it may have been erased with another one, and flash beside the image as "
              "well"
            : "flash is wrong in a sector that was not erased, because it matched or read "
              "erased";
    job_.note(Note::Level::warning,
              reason + "; erasing and writing all sectors of the image: at " + changed->describe());
    erases_more_ = true;
    rewrite(std::vector<bool>(matches.size(), false));
  }
  if (options_.verify) result_.bytes_verified += plan_.image_bytes;
}

// From here on it is only in memory, so it is looked at twice: nothing else would show a wrong bit.
void Programmer::read_kept(const std::vector<bool>& matches) {
  if (options_.name_lost && dfu_.description().functional.can_upload) {
    if (!result_.lost) result_.lost.emplace();
    for (const FlashRange& range : find_lost(job_, dfu_, plan_, matches)) {
      result_.lost->push_back(range);
      job_.note(Note::Level::debug, range.describe() + " behind the image, are lost");
    }
  }
  std::vector<Segment> read = read_gaps(job_, dfu_, plan_);
  FlashPlan plan = with_kept(plan_, read);
  FlashReader reader(dfu_);
  const std::vector<bool> all(matches.size(), false);  // erasing may take more than it is to
  for (const Piece* piece : kept_pieces(plan, all)) {
    const auto difference = first_difference(job_, reader, *piece, dfu_.block_size());
    if (!difference) continue;
    throw Error(Errc::usb_io, "flash that is to be kept read differently the second time, at " +
                                  difference->describe());
  }
  plan_ = std::move(plan);
  kept_ = std::move(read);
  has_kept_ = true;
}

// Those of this or an earlier try that are not erased after all.
void Programmer::skip_blank(WritePlan& writes) {
  std::vector<Sector> left;
  if (options_.skip_blank && !erases_more_ && !plan_.guarded_vectors) {
    left = sysboot::leave_blank(job_, dfu_, writes);
  }
  const auto is_in = [](const std::vector<Sector>& sectors, const Sector& one) {
    return std::any_of(sectors.begin(), sectors.end(),
                       [&](const Sector& other) { return other.address == one.address; });
  };
  std::erase_if(blank_, [&](const Sector& sector) {
    return is_in(writes.erase, sector) || is_in(left, sector);
  });
  blank_.insert(blank_.end(), left.begin(), left.end());
}

// What is found in a sector that was not erased; everywhere else it is an error.
std::optional<Difference> Programmer::rewrite(const std::vector<bool>& matches) {
  WritePlan writes = plan_writes(plan_, matches, write_sizes(dfu_));
  skip_blank(writes);
  result_.sectors_blank = blank_before_ + blank_.size();
  result_.sectors_erased = std::max(result_.sectors_erased, erased_before_ + writes.erase.size());
  result_.bytes_written = std::max(result_.bytes_written, written_before_ + writes.write_bytes());
  const std::size_t first_kept = writes.erase.size() - writes.kept_sectors;
  if (plan_.guarded_vectors) invalidate_vectors(job_, dfu_, *plan_.guarded_vectors);
  if (!writes.erase.empty()) {
    erase_sectors(job_, dfu_, writes.erase, [&](std::size_t number) {
      if (number <= first_kept) job_.check_stop();
      if (number == first_kept) at_risk_ = used_parts(kept_pieces(plan_, matches));
    });
  }
  has_erased_ = true;
  write_body(writes);
  if (auto difference = verify_body(writes)) {
    if (is_unexpected(*difference, matches)) return difference;
    fail(*difference);
  }
  if (!writes.start.blocks.empty()) commit(writes);
  return std::nullopt;
}

// Erasing may help.
bool Programmer::is_unexpected(const Difference& difference,
                               const std::vector<bool>& matches) const {
  return is_in_matching_sector(plan_, matches, difference.address) ||
         std::any_of(blank_.begin(), blank_.end(), [&](const Sector& sector) {
           return difference.address >= sector.address && difference.address < sector.end();
         });
}

// Earlier, and maybe by power that failed. What was being programmed then may read right now and
// otherwise later, so nothing is to stay that a comparison finds right.
bool Programmer::was_broken_off(const std::vector<bool>& matches) {
  if (!plan_.guarded_vectors) {
    const std::uint32_t last = last_words(plan_);
    const bool may_stay = brings_guard(plan_) || is_in_matching_sector(plan_, matches, last);
    return may_stay && !reads_the_same(dfu_, last);
  }
  Bytes first(8);
  dfu_.read_block(*plan_.guarded_vectors, first);
  return !begins_application(first) || !reads_the_same(dfu_, *plan_.guarded_vectors);
}

std::vector<FlashRange> Programmer::used_parts(const std::vector<const Piece*>& kept) const {
  std::vector<FlashRange> parts;
  for (const Piece* piece : kept) {
    const auto used = used_part(piece->address, piece->data, erased_byte(dfu_.layout()));
    if (used) parts.push_back(*used);
  }
  return parts;
}

void Programmer::write_body(const WritePlan& writes) {
  if (writes.body.write_bytes == 0) return;
  StageClock written(job_, Stage::write, writes.body.write_bytes,
                     human_size(writes.body.write_bytes));
  std::size_t left = writes.kept_blocks;
  const auto& blocks = writes.body.blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Block& block = blocks[i];
    if (left == 0) job_.check_stop();
    const bool runs_on =
        i + 1 < blocks.size() && blocks[i + 1].address == block.address + block.data.size();
    dfu_.write_block(block.address, block.data, runs_on ? blocks[i + 1].data : ByteView());
    written.add(block.data.size());
    if (left > 0) --left;
    if (left == 0) at_risk_.clear();
  }
  written.end();
}

std::optional<Difference> Programmer::verify_body(const WritePlan& writes) {
  if (!options_.verify || writes.body.verify_bytes == 0) return std::nullopt;
  StageClock verified(job_, Stage::verify, writes.body.verify_bytes,
                      human_size(writes.body.verify_bytes));
  FlashReader reader(dfu_);
  for (const Piece& piece : writes.body.verify) {
    auto difference = first_difference(job_, reader, piece, dfu_.block_size(),
                                       [&](std::uint64_t bytes) { verified.add(bytes); });
    if (!difference) continue;
    verified.end("differs at " + hex32(difference->address), {.differs_at = difference->address});
    return difference;
  }
  verified.end();
  return std::nullopt;
}

void Programmer::commit(const WritePlan& writes) {
  StageClock written(job_, Stage::commit, writes.start.write_bytes,
                     human_size(writes.start.write_bytes));
  job_.check_stop();
  for (const Block& words : writes.start.blocks) {
    dfu_.write_block(words.address, words.data);
    written.add(words.data.size());
  }
  FlashReader reader(dfu_);
  for (const Piece& piece : writes.start.verify) {
    if (!options_.verify) break;
    if (const auto difference = first_difference(job_, reader, piece, dfu_.block_size())) {
      fail(*difference);
    }
  }
  written.end("stack pointer and reset vector");
}

void Programmer::fail(const Difference& difference) const {
  throw Error(Errc::mismatch,
              fmt::format("flash differs from {} at {}",
                          erases_more_ ? "what it should hold, after all sectors of the image were "
                                         "erased and written once more,"
                                       : "the image",
                          difference.describe()));
}

Error Programmer::with_loss(const Error& error) const {
  if (at_risk_.empty()) return error;
  std::uint64_t bytes = 0;
  for (const FlashRange& range : at_risk_) bytes += range.size;
  return {
      error.code(),
      fmt::format("{}\n  beside the image, and to be kept, but erased and not written back: {}, "
                  "first {}",
                  error.text(), counted(bytes, "byte"), at_risk_.front().describe()),
      error.context()};
}

}  // namespace sysboot
