// SPDX-License-Identifier: GPL-3.0-or-later
#include "link_address.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "bytes.hpp"
#include "memory_map.hpp"
#include "vector_table.hpp"

namespace sysboot {
namespace {

constexpr std::uint32_t step = 512;
constexpr std::size_t core_vectors = 16;        // ARMv7-M ARM, B1.5.2: external interrupts follow
constexpr std::size_t most_vectors = 16 + 240;  // Cortex-M7 TRM, 1.2
constexpr std::size_t fewest_handlers = 2;

// How an address looks as the place of a function: by its first instruction, and by what is in
// front of it.
enum class Start { branch_to_itself, push, return_, usual, other };
struct Place {
  Start start = Start::other;
  bool after_an_end = false;  // of another function, or of its constants
  auto operator<=>(const Place&) const = default;
};

struct Share {
  Place place;
  double of_handlers;
};
// What share of handlers looks so. Rounded, with something left for every case, from 118 different
// programs for STM32 that are published with the address that they are linked for.
constexpr std::array<Share, 10> shares = {{
    {{Start::branch_to_itself, true}, .25},
    {{Start::branch_to_itself, false}, .04},
    {{Start::push, true}, .25},
    {{Start::push, false}, .02},
    {{Start::return_, true}, .05},
    {{Start::return_, false}, .01},
    {{Start::usual, true}, .30},
    {{Start::usual, false}, .03},
    {{Start::other, true}, .04},
    {{Start::other, false}, .01},
}};
// A handler that is not in the image, in natural logarithms as all scores.
constexpr double outside = -4;
// How much more likely than not it must be that the best address is no accident, however many are
// looked at, and how much more likely it must be than the second best. In none of 576 programs did
// a wrong address come to more than 3.2 of the first, even where the right one was left out.
constexpr double least_certainty = 5;
constexpr double least_margin = 6;

bool is_between(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
  return value >= first && value <= last;
}

// Encodings: ARMv7-M ARM, A5.2 (16 bits) and A5.3 (32 bits).
Start start_of(std::uint16_t code) {
  const auto is = [code](unsigned mask, unsigned bits) { return (code & mask) == bits; };
  if (code == 0xE7FE) return Start::branch_to_itself;
  if (is(0xFF00, 0xB500) || code == 0xE92D) return Start::push;
  if (code == 0x4770) return Start::return_;
  const bool loads = is(0xF800, 0x4800) || is(0xF800, 0x2000) || is(0xFBF0, 0xF240) ||
                     is(0xFBF0, 0xF2C0) || is(0xFFF0, 0xF8D0) || is(0xFFE0, 0x4660);
  const bool makes_room = is(0xFF80, 0xB080) || is(0xFF00, 0xB400);
  const bool branches = is(0xF800, 0xF000);
  // mrs, tst lr, nop, bkpt, wfi, cpsid
  constexpr std::array system = {0xF3EF, 0xF01E, 0xBF00, 0xBE00, 0xBF30, 0xB672};
  const bool is_system = std::find(system.begin(), system.end(), code) != system.end();
  return loads || makes_room || branches || is_system ? Start::usual : Start::other;
}

bool is_constant(std::uint32_t word) {
  return is_between(word, 0x20000000, 0x201FFFFF) || is_between(word, 0x40000000, 0x5FFFFFFF) ||
         is_between(word, 0xE000E000, 0xE000FFFF) || is_between(word, 0x08000000, 0x081FFFFF);
}

// The two half-words in front of a place.
bool ends_here(std::uint16_t before_last, std::uint16_t last, bool word_aligned) {
  const bool is_return = last == 0x4770 || (last & 0xFF00) == 0xBD00;
  const bool is_branch = (last & 0xF800) == 0xE000;
  const bool is_padding = last == 0xBF00 || last == 0x0000 || last == 0xFFFF;
  const bool is_wide_return = before_last == 0xE8BD && (last & 0x8000) != 0;
  const bool is_wide_branch = (before_last & 0xF800) == 0xF000 && (last & 0xD000) == 0x9000;
  const std::uint32_t word = std::uint32_t{last} << 16 | before_last;
  return is_return || is_branch || is_padding || is_wide_return || is_wide_branch ||
         (word_aligned && is_constant(word));
}

// What stands in an image, by address.
class Code {
 public:
  explicit Code(const Image& image) : segments_(image.segments) {}

  std::optional<Place> place_at(std::uint64_t address) const {
    const auto behind = std::upper_bound(
        segments_.begin(), segments_.end(), address,
        [](std::uint64_t wanted, const Segment& segment) { return wanted < segment.address; });
    if (behind == segments_.begin()) return std::nullopt;
    const Segment& segment = *std::prev(behind);
    if (address + 2 > segment.end()) return std::nullopt;
    return place_in(segment, static_cast<std::size_t>(address - segment.address));
  }

  /// How much more often handlers look so than what else is in the image, by place.
  std::map<Place, double> scores() const {
    std::map<Place, double> counts;
    double all = 0;
    for (const Share& share : shares) all += counts[share.place] = 1;
    for (const Segment& segment : segments_) {
      for (std::size_t at = segment.address % 2; at + 2 <= segment.data.size(); at += 2) {
        ++counts[place_in(segment, at)];
        ++all;
      }
    }
    for (const Share& share : shares) {
      counts[share.place] = std::log(share.of_handlers * all / counts[share.place]);
    }
    return counts;
  }

 private:
  static Place place_in(const Segment& segment, std::size_t at) {
    const Start start = start_of(word_at(segment.data, at));
    if (at < 4) return {start, false};
    return {start, ends_here(word_at(segment.data, at - 4), word_at(segment.data, at - 2),
                             (segment.address + at) % 4 == 0)};
  }

  const std::vector<Segment>& segments_;
};

struct Handlers {
  std::uint32_t reset = 0;
  std::set<std::uint32_t> all;  // reset among them
  std::uint32_t table_size = 0;
};

// A handler's address in flash; none for what is none.
std::optional<std::uint32_t> handler(std::uint32_t vector) {
  return vector % 2 == 1 ? in_flash(vector - 1) : std::nullopt;
}

Handlers handlers_of(ByteView table, std::uint64_t span) {
  Handlers found;
  found.reset = *handler(long_word_at(table, 4));
  const std::size_t words = std::min(table.size() / 4, most_vectors);
  for (std::size_t i = 1; i < words; ++i) {
    const std::uint32_t vector = long_word_at(table, 4 * i);
    const auto address = handler(vector);
    const bool is_near =
        address && std::max(*address, found.reset) - std::min(*address, found.reset) <= span;
    const bool is_unused = vector == 0 || vector == 0xFFFFFFFF;
    if (!is_near && !is_unused && i >= core_vectors) break;
    if (!is_near) continue;
    found.all.insert(*address);
    found.table_size = static_cast<std::uint32_t>(4 * (i + 1));
  }
  return found;
}

class Search {
 public:
  Search(const Image& image, std::uint32_t goes_to, Handlers handlers)
      : code_(image),
        scores_(code_.scores()),
        handlers_(std::move(handlers)),
        start_(image.start()),
        span_(image.segments.back().end() - image.start()),
        goes_to_(goes_to) {}

  std::optional<std::uint32_t> decide() {
    // The reset handler is in the image, behind the table.
    const std::uint64_t last = handlers_.reset - handlers_.table_size;
    const std::uint64_t behind_first = std::uint64_t{handlers_.reset} + 2;
    std::uint64_t first =
        std::max<std::uint64_t>(behind_first - std::min(behind_first, span_), flash_base);
    first = (first + step - 1) / step * step;
    for (std::uint64_t base = first; base <= last; base += step) consider(base);
    if (goes_to_ % step != 0) consider(goes_to_);
    const bool is_clear =
        best_ - std::log(considered_) >= least_certainty && best_ - second_ >= least_margin;
    return is_clear ? std::optional(best_base_) : std::nullopt;
  }

 private:
  void consider(std::uint64_t base) {
    const double score = score_at(base);
    ++considered_;
    if (score > best_) {
      second_ = best_;
      best_ = score;
      best_base_ = static_cast<std::uint32_t>(base);
    } else {
      second_ = std::max(second_, score);
    }
  }

  double score_at(std::uint64_t base) const {
    double score = 0;
    for (const std::uint32_t address : handlers_.all) {
      const bool is_behind_table = address >= base + handlers_.table_size;
      const auto place = is_behind_table ? code_.place_at(start_ + (address - base)) : std::nullopt;
      score += place ? scores_.at(*place) : outside;
    }
    return score;
  }

  Code code_;
  std::map<Place, double> scores_;
  Handlers handlers_;
  std::uint64_t start_;
  std::uint64_t span_;
  std::uint32_t goes_to_;
  double considered_ = 0;
  double best_ = -1e9;
  double second_ = -1e9;
  std::uint32_t best_base_ = 0;
};

}  // namespace

std::optional<std::uint32_t> link_address(const Image& image) {
  const auto goes_to = in_flash(image.start());
  const auto table = vector_table(image);
  if (!goes_to || !table || !is_stack_pointer(table->initial_sp) || !handler(table->reset)) {
    return std::nullopt;
  }
  const std::uint64_t span = image.segments.back().end() - image.start();
  Handlers handlers = handlers_of(image.segments.front().data, span);
  if (handlers.all.size() < fewest_handlers || handlers.reset < flash_base + handlers.table_size) {
    return std::nullopt;
  }
  return Search(image, *goes_to, std::move(handlers)).decide();
}

std::optional<std::uint32_t> linked_elsewhere(const Image& image) {
  const auto address = link_address(image);
  return address && address != in_flash(image.start()) ? address : std::nullopt;
}

}  // namespace sysboot
