// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/flash_memory.hpp"

#include <algorithm>
#include <cmath>

namespace sysboot::virtual_bench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint32_t kib = 1024;

std::size_t part_of(std::size_t whole, double fraction) {
  return static_cast<std::size_t>(std::floor(static_cast<double>(whole) * fraction));
}

std::ptrdiff_t offset_in(const MemoryLayout& layout, std::uint32_t address) {
  return static_cast<std::ptrdiff_t>(address - layout.runs.front().address);
}

}  // namespace

FlashTimes FlashTimes::x8() {
  return {microseconds(16),  1, milliseconds(400), milliseconds(1200), milliseconds(2000),
          milliseconds(8000)};
}

FlashTimes FlashTimes::x16() {
  return {microseconds(16),  2, milliseconds(300), milliseconds(700), milliseconds(1300),
          milliseconds(5500)};
}

FlashTimes FlashTimes::x32() {
  return {microseconds(16),  4, milliseconds(250), milliseconds(550), milliseconds(1000),
          milliseconds(4000)};
}

FlashTimes FlashTimes::none() {
  return {};
}

Duration FlashTimes::of_sector(std::uint32_t bytes) const {
  if (bytes <= 16 * kib) return erase_16k;
  return bytes <= 64 * kib ? erase_64k : erase_128k;
}

Duration FlashTimes::of_program(std::size_t bytes) const {
  const std::size_t steps = (bytes + bytes_per_program - 1) / bytes_per_program;
  return program * static_cast<Duration::rep>(steps);
}

FlashMemory::FlashMemory(MemoryLayout layout)
    : layout_(std::move(layout)), content_(static_cast<std::size_t>(layout_.size()), 0xFF) {}

void FlashMemory::become(std::uint32_t program_unit, std::uint8_t erased) {
  program_unit_ = program_unit;
  erased_ = erased;
  erase_all();
}

bool FlashMemory::contains(std::uint32_t where, std::size_t length) const {
  return where >= address() && where - address() + std::uint64_t{length} <= content_.size();
}

ByteView FlashMemory::read(std::uint32_t where, std::size_t length) const {
  const std::size_t first = where - address();
  for (std::size_t i = first; !unstable_.empty() && i < first + length; ++i) {
    if (unstable_[i] != 0) content_[i] ^= static_cast<std::uint8_t>(noise() & unstable_[i]);
  }
  return ByteView(content_).subspan(first, length);
}

void FlashMemory::load(std::uint32_t where, ByteView data) {
  std::copy(data.begin(), data.end(), content_.begin() + offset_in(layout_, where));
  settle(where, data.size());
}

void FlashMemory::erase(const Sector& sector, double fraction) {
  const auto sectors = layout_.sectors();
  const auto named = std::find(sectors.begin(), sectors.end(), sector) - sectors.begin();
  const auto first = static_cast<std::size_t>(named) / erase_unit_ * erase_unit_;
  for (std::size_t i = first; i < std::min(first + erase_unit_, sectors.size()); ++i) {
    if (!is_protected(sectors[i].address)) erase(sectors[i].address, sectors[i].size, fraction);
  }
}

void FlashMemory::erase_all(double fraction) {
  erase(address(), content_.size(), fraction);
}

void FlashMemory::erase(std::uint32_t where, std::size_t length, double fraction) {
  if (torn_ == Torn::in_order || fraction >= 1) {
    const std::size_t done = part_of(length, fraction);
    std::fill_n(content_.begin() + offset_in(layout_, where), done, erased_);
    return settle(where, done);
  }
  for (std::uint32_t at = where; at < where + length; ++at) tear_cell(at, 0xFF, erased_, fraction);
}

bool FlashMemory::program(std::uint32_t where, ByteView data, double fraction,
                          std::size_t at_once) {
  bool clean = program_unit_ == 1 || is_blank(where, data.size());
  std::size_t done = part_of(data.size(), fraction);
  if (torn_ != Torn::in_order) done = done / at_once * at_once;
  const std::size_t end = torn_ == Torn::in_order ? done : std::min(done + at_once, data.size());
  for (std::size_t i = 0; i < end; ++i) {
    const auto at = where + static_cast<std::uint32_t>(i);
    if (is_protected(at)) continue;
    std::uint8_t& cell = content_[at - address()];
    clean = clean && (program_unit_ > 1 || (cell & data[i]) == data[i]);
    const auto target = erased_ == 0 ? data[i] : static_cast<std::uint8_t>(cell & data[i]);
    if (i < done) {
      cell = target;
      if (!unstable_.empty()) unstable_at(at) &= data[i];
    } else {
      tear_cell(at, static_cast<std::uint8_t>(cell ^ target), target, 1);
    }
  }
  return clean;
}

void FlashMemory::tear(Torn how, std::uint32_t seed) {
  torn_ = how;
  noise_ = seed * 2654435761U + 1;
}

// Of the bits that change, each with this probability.
void FlashMemory::tear_cell(std::uint32_t where, std::uint8_t changes, std::uint8_t target,
                            double probability) {
  std::uint8_t bits = 0;
  for (unsigned bit = 1; bit < 256; bit <<= 1) {
    if (noise() < 256 * probability) bits |= static_cast<std::uint8_t>(bit & changes);
  }
  std::uint8_t& cell = content_[where - address()];
  const auto set = [&](std::uint8_t mask, std::uint8_t value) {
    cell = static_cast<std::uint8_t>((cell & ~mask) | (value & mask));
  };
  switch (torn_) {
    case Torn::in_order:
    case Torn::old: return;
    case Torn::done: return set(changes, target);
    case Torn::random: return set(bits, noise());
    case Torn::unstable: break;
  }
  if (unstable_.empty()) unstable_.resize(content_.size());
  unstable_at(where) |= bits;
}

void FlashMemory::settle(std::uint32_t where, std::size_t length) {
  if (unstable_.empty()) return;
  std::fill_n(unstable_.begin() + offset_in(layout_, where), length, std::uint8_t{0});
}

bool FlashMemory::is_stable(std::uint32_t where, std::size_t length) const {
  if (unstable_.empty()) return true;
  const auto first = unstable_.begin() + offset_in(layout_, where);
  return std::all_of(first, first + static_cast<std::ptrdiff_t>(length),
                     [](std::uint8_t bits) { return bits == 0; });
}

std::uint8_t FlashMemory::noise() const {
  noise_ = noise_ * 1664525U + 1013904223U;
  return static_cast<std::uint8_t>(noise_ >> 24);
}

void FlashMemory::write_protect(std::uint32_t where) {
  if (const auto sector = layout_.sector_at(where)) protected_.insert(sector->address);
}

bool FlashMemory::is_blank(std::uint32_t where, std::size_t length) const {
  const ByteView cells = read(where, length);
  return std::all_of(cells.begin(), cells.end(),
                     [&](std::uint8_t cell) { return cell == erased_; });
}

bool FlashMemory::is_protected(std::uint32_t where) const {
  if (protected_.empty()) return false;
  const auto sector = layout_.sector_at(where);
  return sector && protected_.contains(sector->address);
}

}  // namespace sysboot::virtual_bench
