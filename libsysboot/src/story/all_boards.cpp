// SPDX-License-Identifier: GPL-3.0-or-later
// Which boards "all" takes.
#include <fmt/core.h>

#include <algorithm>

#include "board/firmware.hpp"
#include "board/loader.hpp"
#include "board/relevance.hpp"
#include "sysboot/several.hpp"
#include "sysboot/text.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

using Missing = Sighting::Missing;
using Reason = std::optional<Sighting>;  // to leave it out

Reason because(const Board& board, std::string why, Missing missing = Missing::nothing) {
  return Sighting{board.describe(), std::move(why), missing, board};
}

Reason only_named(const Board& board) {
  return because(board, "only used when it is named", Missing::name);
}

Reason bootloader(const Board& board) {
  const Loader* loader = find_loader(board.usb);
  if (loader == nullptr) return only_named(board);
  if (loader->is_dfuse) return std::nullopt;
  return because(board, fmt::format("in {}, which does not speak ST's DfuSe", loader->name));
}

bool has_id(const Firmware& firmware, const UsbDeviceInfo& device) {
  const UsbId id{device.vendor, device.product};
  return std::find(firmware.ids.begin(), firmware.ids.end(), id) != firmware.ids.end();
}

Reason of_profile(const Board& board, const Profile& profile, Relevance relevance) {
  const Firmware* known = recognise_firmware(board.usb);
  if (shows(firmware_named(profile.name), board.usb)) return std::nullopt;
  if (known != nullptr && !profile.is_generic) {
    return because(board, fmt::format("runs {}, not {}", known->name, profile.name));
  }
  if (relevance == Relevance::only_named) return only_named(board);
  if (profile.is_generic || has_id(firmware_named(profile.name), board.usb)) return std::nullopt;
  return because(board, fmt::format("{} is not an id of {}", board.usb.id(), profile.name));
}

Reason of_ways(const Board& board, const Ways& ways, Relevance relevance) {
  if (relevance == Relevance::only_named) return only_named(board);
  for (const Way& way : ways) {
    if (way.needs_dfu_runtime() && !board.usb.dfu_runtime()) {
      return because(board, "has no DFU run-time interface");
    }
    if (way.needs_port() && board.ports.empty()) return because(board, "has no serial port");
  }
  return std::nullopt;
}

Reason by_itself(const Board& board, Relevance relevance) {
  if (relevance == Relevance::board) return std::nullopt;
  if (relevance == Relevance::only_named) return only_named(board);
  return because(board, "shows the product name of a template, which tells nothing", Missing::way);
}

// "1-10" comes after "1-9".
std::vector<unsigned> numbers_in(std::string_view port_path) {
  std::vector<unsigned> numbers(1);
  for (const char c : port_path) {
    if (c >= '0' && c <= '9') {
      numbers.back() = numbers.back() * 10 + static_cast<unsigned>(c - '0');
    } else {
      numbers.push_back(0);
    }
  }
  return numbers;
}

Reason left_out(const Board& board, const TriggerChoice& choice) {
  if (board.mode != BoardMode::application) return bootloader(board);
  const Relevance relevance = relevance_of(board.usb, !board.ports.empty());
  if (!choice.firmware.empty()) return of_profile(board, find_profile(choice.firmware), relevance);
  if (!choice.ways.empty()) return of_ways(board, choice.ways, relevance);
  return by_itself(board, relevance);
}

}  // namespace

AllBoards all_boards(Host& host, const TriggerChoice& choice) {
  check_trigger(choice);
  AllBoards all;
  for (Board& board : list_boards(host)) {
    if (auto why = left_out(board, choice)) {
      all.left_out.push_back(std::move(*why));
    } else {
      all.taken.push_back(std::move(board));
    }
  }
  std::sort(all.taken.begin(), all.taken.end(), [](const Board& a, const Board& b) {
    return numbers_in(a.port_path()) < numbers_in(b.port_path());
  });
  return all;
}

AllBoards await_boards(const Job& job, const TriggerChoice& choice, std::size_t count,
                       Duration within) {
  AllBoards all;
  const bool came = job.wait_until(job.host.now() + within, [&] {
    all = all_boards(job.host, choice);
    return all.taken.size() >= count;
  });
  if (came && all.taken.size() == count) return all;
  std::string text =
      came ? fmt::format("{} boards are there, not {}:", all.taken.size(), count)
           : fmt::format("{} of {} came within {}{}", all.taken.size(), counted(count, "board"),
                         human_time(within), all.taken.empty() && all.left_out.empty() ? "" : ":");
  for (const Board& board : all.taken) text += "\n  " + board.describe();
  for (const Sighting& seen : all.left_out)
    text += fmt::format("\n  left out: {}: {}", seen.what, seen.why);
  throw Error(came ? Errc::usage : Errc::no_board, text);
}

}  // namespace sysboot
