// SPDX-License-Identifier: GPL-3.0-or-later
#include "choose.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

bool has_touch(const Way& way) {
  return std::any_of(way.steps.begin(), way.steps.end(),
                     [](const Step& step) { return std::holds_alternative<Touch>(step); });
}

// Harmless ones first; what they cost firmware that does not know them: a refused control request,
// an unknown command on a console that has it, a change of baud rate.
Ways automatic(const Board& board) {
  Ways ways;
  const bool has_port = !board.ports.empty();
  if (board.usb.dfu_runtime()) ways.push_back(dfu_detach());
  if (const Profile* known = recognise(board.usb)) {
    std::copy_if(known->ways.begin(), known->ways.end(), std::back_inserter(ways),
                 [&](const Way& way) { return has_port || !way.needs_port(); });
  }
  const bool touched = std::any_of(ways.begin(), ways.end(), has_touch);
  if (has_port && !touched) ways.push_back(touch_1200());
  return ways;
}

Ways those_that_fit(const Ways& ways, const Board& board) {
  for (const Way& way : ways) {
    if (way.needs_port() && board.ports.empty()) {
      throw Error(Errc::usage, fmt::format("trigger {} needs a serial port, and {} has none",
                                           way.name, board.describe()));
    }
    if (way.needs_dfu_runtime() && !board.usb.dfu_runtime()) {
      throw Error(Errc::usage, board.describe() + " has no DFU run-time interface to detach");
    }
  }
  return ways;
}

Ways ways_of(const Profile& profile, const Board& board) {
  const Profile* known = recognise(board.usb);
  if (known != nullptr && known != &profile && !profile.is_generic) {
    throw Error(Errc::usage,
                fmt::format("{} runs {}, not {}", board.describe(), known->name, profile.name));
  }
  return those_that_fit(profile.ways, board);
}

}  // namespace

Ways choose_ways(const Board& board, const TriggerChoice& choice) {
  check_trigger(choice);
  if (!choice.firmware.empty()) return ways_of(find_profile(choice.firmware), board);
  return choice.ways.empty() ? automatic(board) : those_that_fit(choice.ways, board);
}

}  // namespace sysboot
