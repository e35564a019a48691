// SPDX-License-Identifier: GPL-3.0-or-later
// What came of entering, in words.
#include <fmt/core.h>

#include "board/loader.hpp"
#include "sysboot/enter.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

std::string bounced_text(const EnterResult& result) {
  return fmt::format(
      "it rebooted {}, and each time its application came back instead of the ROM bootloader",
      counted(static_cast<std::uint64_t>(result.fired), "time"));
}

std::string lost_text(const EnterResult& result) {
  std::string text = fmt::format("it left the bus after {}, and nothing came back within {}",
                                 result.trigger, human_time(result.back_within));
  if (result.enumeration_failure) {
    text += "\nthe system could not enumerate what came back there: " + *result.enumeration_failure;
  }
  for (const auto& stranger : result.other_new_dfu_boards) {
    text += "\nmeanwhile another board entered DFU mode: " + stranger.describe();
  }
  return text;
}

std::string ignored_text(const EnterResult& result) {
  if (result.tried.empty()) return "it has no serial port and no DFU run-time interface to ask";
  std::string text = fmt::format("its application {} {}", result.forbidden ? "refused" : "ignored",
                                 joined(result.tried, " and "));
  if (!result.answer.empty()) text += fmt::format("; it answered \"{}\"", result.answer);
  for (const auto& remark : result.remarks) text += "\n  " + remark;
  return text;
}

}  // namespace

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

std::optional<Error> EnterResult::problem() const {
  if (board) return std::nullopt;
  const std::string place = "board " + before.port_path();
  switch (outcome) {
    case Outcome::bounced: return Error(Errc::bounced, bounced_text(*this), place);
    case Outcome::lost: return Error(Errc::lost, lost_text(*this), place);
    case Outcome::already:
    case Outcome::entered:
    case Outcome::ignored: break;
  }
  return Error(Errc::ignored, ignored_text(*this), place);
}

const Board& EnterResult::require() const {
  if (const auto error = problem()) throw *error;
  return *board;
}

}  // namespace sysboot
