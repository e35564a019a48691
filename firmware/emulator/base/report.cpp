// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/base/report.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace emulator {
namespace {

constexpr std::size_t most_told = 100;

}  // namespace

std::string_view to_string(Finding finding) {
  switch (finding) {
    case Finding::unmodelled: return "unmodelled";
    case Finding::clock_off: return "clock off";
    case Finding::misuse: return "misuse";
    case Finding::fault: return "fault";
    case Finding::lockup: return "lockup";
    case Finding::rom_entry: return "ROM entry";
  }
  return "?";
}

void Reports::be_lenient() {
  fatal = {Finding::lockup};
  lenient_ = true;
}

bool Reports::is_news(Finding finding, const std::string& text) {
  if (!lenient_ || fatal.contains(finding)) return true;
  return told_.size() < most_told && told_.insert(text).second;
}

void Reports::add(Finding finding, const std::string& text) {
  if (quiet && finding != Finding::fault && finding != Finding::lockup) return;
  const bool accepted = std::any_of(tolerated.begin(), tolerated.end(), [&](const auto& known) {
    return text.find(known) != std::string::npos;
  });
  if (accepted || !is_news(finding, text)) return;
  const Place place = place_();
  all_.push_back({finding, place.at, place.pc,
                  fmt::format("{}: {} at {}", to_string(finding), text, place.name)});
  on_report(all_.back());
  if (!fatal.contains(finding) || stopped_) return;
  stopped_ = all_.size() - 1;
  on_stop();
}

std::vector<std::string> Reports::texts() const {
  std::vector<std::string> result;
  for (const Report& report : all_) result.push_back(report.text);
  return result;
}

void Reports::clear() {
  all_.clear();
  told_.clear();
  stopped_.reset();
}

}  // namespace emulator
