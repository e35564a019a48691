// SPDX-License-Identifier: GPL-3.0-or-later
// What came of entering, in words.
#include <fmt/core.h>

#include "board/loader.hpp"
#include "sysboot/enter.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::already: return "already";
    case Outcome::entered: return "entered";
    case Outcome::bounced: return "bounced";
    case Outcome::ignored: return "ignored";
    case Outcome::lost: return "lost";
  }
  return "unknown";
}

std::string bootloader_name(const Board& board) {
  const Loader* loader = find_loader(board.usb);
  const bool is_rom = loader == nullptr || loader->is_dfuse;
  return is_rom ? "DFU mode" : std::string(loader->name);
}

const Board& require_dfu_mode(const EnterResult& result, const EnterOptions& options) {
  if (result.board) return *result.board;
  const std::string place = "board " + result.before.port_path();
  switch (result.outcome) {
    case Outcome::bounced:
      throw Error(
          Errc::bounced,
          fmt::format("it rebooted {}, and each time its application came back instead of the ROM "
                      "bootloader",
                      counted(static_cast<std::uint64_t>(result.fired), "time")),
          place);
    case Outcome::lost: {
      std::string text = fmt::format("it left the bus after {}, and nothing came back within {}",
                                     result.trigger, human_time(options.back_within));
      if (result.enumeration_failure) {
        text +=
            "\nthe system could not enumerate what came back there: " + *result.enumeration_failure;
      }
      for (const auto& stranger : result.other_new_dfu_boards) {
        text += "\nmeanwhile another board entered DFU mode: " + stranger.describe();
      }
      throw Error(Errc::lost, text, place);
    }
    case Outcome::already:
    case Outcome::entered:
    case Outcome::ignored: break;
  }
  if (result.tried.empty()) {
    throw Error(Errc::ignored, "it has no serial port and no DFU run-time interface to ask", place);
  }
  std::string text = fmt::format("its application {} {}", result.forbidden ? "refused" : "ignored",
                                 joined(result.tried, " and "));
  if (!result.answer.empty()) text += fmt::format("; it answered \"{}\"", result.answer);
  for (const auto& remark : result.remarks) text += "\n  " + remark;
  throw Error(Errc::ignored, text, place);
}

}  // namespace sysboot
