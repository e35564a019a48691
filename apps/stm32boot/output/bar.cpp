// SPDX-License-Identifier: GPL-3.0-or-later
#include "bar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

constexpr std::size_t most_cells = 30;
constexpr std::size_t fewest_cells = 8;
constexpr auto rate_is_known_after = std::chrono::milliseconds(500);

// "  53.0 KiB/s, 2 s left"
std::string pace(std::uint64_t done, std::uint64_t total, sysboot::Duration elapsed) {
  if (done == 0 || elapsed < rate_is_known_after) return {};
  const double per_second =
      static_cast<double>(done) / std::chrono::duration<double>(elapsed).count();
  const double left = std::ceil(static_cast<double>(total - done) / per_second);
  constexpr double long_time = 100;
  const std::string time =
      left < long_time ? fmt::format("{:.0f} s", left) : fmt::format("{:.0f} min", left / 60);
  return fmt::format("  {}/s, {} left", sysboot::human_size(static_cast<std::uint64_t>(per_second)),
                     time);
}

}  // namespace

std::string bar_text(std::uint64_t done, std::uint64_t total, sysboot::Duration elapsed,
                     std::size_t width) {
  done = std::min(done, total);
  const double part = static_cast<double>(done) / static_cast<double>(total);
  const std::string numbers =
      fmt::format(" {:3.0f} %  {} of {}{}", part * 100, sysboot::human_size(done),
                  sysboot::human_size(total), pace(done, total, elapsed));
  const std::size_t around = numbers.size() + std::string_view("[]").size();
  const std::size_t room = width > around ? width - around : 0;
  const std::size_t cells = std::clamp(room, fewest_cells, most_cells);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(cells));
  return fmt::format("[{}{}]{}", std::string(full, '#'), std::string(cells - full, '.'), numbers);
}

}  // namespace stm32boot
