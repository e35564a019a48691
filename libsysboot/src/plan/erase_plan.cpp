// SPDX-License-Identifier: GPL-3.0-or-later
#include "erase_plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/address_range.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

std::string memory(const MemoryLayout& layout) {
  return fmt::format("{} ({})", printable(layout.name), layout.describe());
}

std::vector<Sector> chosen(const EraseAll& /*all*/, const MemoryLayout& layout) {
  return layout.sectors();
}

std::vector<Sector> chosen(const EraseSectors& request, const MemoryLayout& layout) {
  const std::vector<Sector> all = layout.sectors();
  std::vector<Sector> sectors;
  for (const auto& [first, last] : request.runs) {
    if (last >= all.size()) {
      throw Error(Errc::usage, fmt::format("there is no sector {}; {} has 0 to {}", last,
                                           memory(layout), all.size() - 1));
    }
    for (std::size_t i = first; i <= last; ++i) sectors.push_back(all[i]);
  }
  return sectors;
}

std::vector<Sector> chosen(const EraseRange& range, const MemoryLayout& layout) {
  const std::uint64_t end = range.address + range.length;
  const std::string asked = fmt::format("{}-{}", hex32(range.address), hex32(end - 1));
  std::vector<Sector> sectors;
  for (std::uint64_t at = range.address; at < end;) {
    const auto sector = layout.sector_at(at);
    if (!sector) {
      throw Error(Errc::usage,
                  fmt::format("{}: {} is outside {}", asked, hex32(at), memory(layout)));
    }
    if (sector->address != at || sector->end() > end) {
      throw Error(Errc::usage,
                  fmt::format("{} has only a part of the sector {}-{}, and sectors are erased as a "
                              "whole",
                              asked, hex32(sector->address), hex32(sector->end() - 1)));
    }
    sectors.push_back(*sector);
    at = sector->end();
  }
  return sectors;
}

void check(const EraseAll& /*all*/) {}

void check(const EraseSectors& request) {
  if (request.runs.empty()) throw Error(Errc::usage, "no sector was named to erase");
  for (const auto& [first, last] : request.runs) {
    if (first > last) {
      throw Error(Errc::usage,
                  fmt::format("sectors {}-{}: the first is behind the last", first, last));
    }
  }
}

void check(const EraseRange& range) {
  check_address_range(range.address, range.length, "erase");
}

}  // namespace

void check_request(const EraseRequest& request) {
  std::visit([](const auto& specific) { check(specific); }, request);
}

std::vector<Sector> plan_erase(const EraseRequest& request, const MemoryLayout& layout) {
  check_request(request);
  std::vector<Sector> sectors =
      std::visit([&](const auto& specific) { return chosen(specific, layout); }, request);
  const auto by_address = [](const Sector& a, const Sector& b) { return a.address < b.address; };
  std::sort(sectors.begin(), sectors.end(), by_address);
  sectors.erase(std::unique(sectors.begin(), sectors.end()), sectors.end());
  for (const Sector& sector : sectors) {
    if (sector.access.erasable) continue;
    throw Error(Errc::usage, fmt::format("the sector at {} allows {}, not erasing",
                                         hex32(sector.address), sector.access.describe()));
  }
  return sectors;
}

}  // namespace sysboot
