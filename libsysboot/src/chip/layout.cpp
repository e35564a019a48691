// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/layout.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

constexpr std::uint64_t address_space = std::uint64_t{1} << 32;

// Walks over the string; every complaint names the place.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char wanted) {
    if (peek() != wanted || at_end()) return false;
    ++at_;
    return true;
  }
  void expect(char wanted, std::string_view what) {
    if (!take(wanted)) fail(fmt::format("expected '{}' {}", wanted, what));
  }
  std::string_view until(char end) {
    const std::size_t start = at_;
    while (!at_end() && peek() != end) ++at_;
    return text_.substr(start, at_ - start);
  }
  std::uint64_t number(int base, std::string_view what) {
    const std::size_t start = at_;
    std::uint64_t value = 0;
    for (int digit = digit_value(base); digit >= 0; digit = digit_value(base)) {
      value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
      if (value >= address_space) fail(fmt::format("{} is beyond 32 bits", what));
      ++at_;
    }
    if (at_ == start) fail(fmt::format("expected {}", what));
    return value;
  }
  char any() { return at_end() ? '\0' : text_[at_++]; }

  [[noreturn]] void fail(std::string_view problem) const {
    throw Error(Errc::protocol, fmt::format("memory layout \"{}\": {} at character {}",
                                            printable(text_), problem, at_ + 1));
  }

 private:
  int digit_value(int base) const {
    const int value = hex_digit(peek());
    return value < base ? value : -1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_access_letter(char c) {
  return c >= 'a' && c <= 'g';
}

std::uint64_t unit_factor(char unit) {
  switch (unit) {
    case 'K': return 1024;
    case 'M': return 1024 * 1024;
    default: return 1;  // 'B', ' ', '.' and what else devices send
  }
}

// "04*016Kg". The unit may be missing; then the letter stands in its place.
SectorRun read_run(Reader& in, std::uint64_t address, bool is_device_feature) {
  const std::uint64_t count = in.number(10, "a sector count");
  in.expect('*', "behind the sector count");
  std::uint64_t size = in.number(10, "a sector size");
  char letter = in.any();
  const char next = in.peek();
  if (!in.at_end() && next != ',' && next != '/') {
    size *= unit_factor(letter);
    letter = in.any();
  }
  if (!is_access_letter(letter)) in.fail("expected an access letter from a to g");
  if (count == 0) in.fail("a sector count of 0");
  if (size == 0) in.fail("a sector size of 0");
  if (size >= address_space || count * size > address_space - address) {
    in.fail("memory that runs past 0xFFFFFFFF");
  }
  if (size > largest_sector) {
    in.fail(fmt::format("sectors of {} bytes, more than {},", size, human_size(largest_sector)));
  }
  // F40x ROMs say g for the Device Feature memory; it cannot be erased (dfu-util does the same).
  if (is_device_feature) letter = 'e';
  return {static_cast<std::uint32_t>(address), static_cast<std::uint32_t>(count),
          static_cast<std::uint32_t>(size), Access::from_letter(letter)};
}

std::string_view trimmed(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

void reject_overlap(const Reader& in, const std::vector<SectorRun>& runs) {
  for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
    const auto& newest = runs.back();
    if (newest.address < runs[i].end() && runs[i].address < newest.end()) {
      in.fail("memory that overlaps itself");
    }
  }
}

void reject_excess(const Reader& in, const MemoryLayout& layout) {
  const std::uint64_t count = layout.sector_count();
  if (count > most_sectors) {
    in.fail(fmt::format("{} sectors, more than {},", count, most_sectors));
  }
  const std::uint64_t size = layout.size();
  if (size > largest_layout) {
    in.fail(fmt::format("memory of {} bytes, more than {},", size, human_size(largest_layout)));
  }
}

}  // namespace

Access Access::from_letter(char letter) {
  const int bits = letter & 7;
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
}

std::string FlashRange::describe() const {
  return fmt::format("{}-{}, {}", hex32(address), hex32(end() - 1), counted(size, "byte"));
}

std::string Access::describe() const {
  return {readable ? 'r' : '-', erasable ? 'e' : '-', writable ? 'w' : '-'};
}

MemoryLayout parse_layout(std::string_view text) {
  Reader in(text);
  in.expect('@', "at the start");
  MemoryLayout layout;
  layout.name = trimmed(in.until('/'));
  if (layout.name.empty()) in.fail("expected a name");
  do {
    in.expect('/', "before an address");
    in.expect('0', "of an address");
    in.expect('x', "of an address");
    std::uint64_t address = in.number(16, "an address");
    in.expect('/', "behind the address");
    do {
      layout.runs.push_back(read_run(in, address, layout.name == "Device Feature"));
      reject_overlap(in, layout.runs);
      reject_excess(in, layout);
      address = layout.runs.back().end();
    } while (in.take(','));
  } while (!in.at_end());
  return layout;
}

std::uint64_t MemoryLayout::size() const {
  std::uint64_t total = 0;
  for (const auto& run : runs) total += run.size();
  return total;
}

std::uint64_t MemoryLayout::sector_count() const {
  std::uint64_t count = 0;
  for (const auto& run : runs) count += run.count;
  return count;
}

std::vector<Sector> MemoryLayout::sectors() const {
  std::vector<Sector> all;
  for (const SectorRun& run : runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      all.push_back({run.address + i * run.sector_size, run.sector_size, run.access});
    }
  }
  return all;
}

std::optional<Sector> MemoryLayout::sector_at(std::uint64_t address) const {
  for (const auto& run : runs) {
    if (address < run.address || address >= run.end()) continue;
    const auto index = static_cast<std::uint32_t>((address - run.address) / run.sector_size);
    return Sector{run.address + index * run.sector_size, run.sector_size, run.access};
  }
  return std::nullopt;
}

std::uint64_t MemoryLayout::contiguous_end(std::uint64_t address) const {
  for (auto sector = sector_at(address); sector; sector = sector_at(address)) {
    for (const auto& run : runs) {
      if (sector->address >= run.address && sector->address < run.end()) address = run.end();
    }
  }
  return address;
}

std::string MemoryLayout::describe() const {
  std::string text;
  for (std::size_t i = 0; i < runs.size();) {
    const std::uint32_t start = runs[i].address;
    std::uint64_t end = runs[i].end();
    for (++i; i < runs.size() && runs[i].address == end; ++i) end = runs[i].end();
    text += fmt::format("{}{}-{}", text.empty() ? "" : ", ", hex32(start), hex32(end - 1));
  }
  return text;
}

}  // namespace sysboot
