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
    : layout_(std::move(layout)), content_(layout_.size(), 0xFF) {}

void FlashMemory::become(std::uint32_t program_unit, std::uint8_t erased) {
  program_unit_ = program_unit;
  erased_ = erased;
  erase_all();
}

bool FlashMemory::contains(std::uint32_t where, std::size_t length) const {
  return where >= address() && where - address() + std::uint64_t{length} <= content_.size();
}

ByteView FlashMemory::read(std::uint32_t where, std::size_t length) const {
  return content().subspan(where - address(), length);
}

void FlashMemory::load(std::uint32_t where, ByteView data) {
  std::copy(data.begin(), data.end(), content_.begin() + (where - address()));
}

void FlashMemory::erase(const Sector& sector, double fraction) {
  const auto sectors = layout_.sectors();
  const auto named = std::find(sectors.begin(), sectors.end(), sector) - sectors.begin();
  const auto first = static_cast<std::size_t>(named) / erase_unit_ * erase_unit_;
  for (std::size_t i = first; i < std::min(first + erase_unit_, sectors.size()); ++i) {
    if (is_protected(sectors[i].address)) continue;
    const auto start = content_.begin() + (sectors[i].address - address());
    std::fill_n(start, part_of(sectors[i].size, fraction), erased_);
  }
}

void FlashMemory::erase_all(double fraction) {
  std::fill_n(content_.begin(), part_of(content_.size(), fraction), erased_);
}

bool FlashMemory::program(std::uint32_t where, ByteView data, double fraction) {
  bool clean = program_unit_ == 1 || is_blank(where, data.size());
  for (std::size_t i = 0; i < part_of(data.size(), fraction); ++i) {
    const auto at = where + static_cast<std::uint32_t>(i);
    if (is_protected(at)) continue;
    std::uint8_t& cell = content_[at - address()];
    clean = clean && (program_unit_ > 1 || (cell & data[i]) == data[i]);
    cell = erased_ == 0 ? data[i] : static_cast<std::uint8_t>(cell & data[i]);
  }
  return clean;
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
