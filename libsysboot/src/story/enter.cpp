// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/enter.hpp"

#include <fmt/core.h>

#include "board/reboots.hpp"
#include "step/follow.hpp"
#include "step/stage_clock.hpp"
#include "step/steps.hpp"
#include "sysboot/error.hpp"
#include "sysboot/loader.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// After a reboot the port needs a moment, in which udev, ModemManager and others may hold it.
constexpr Duration ports_within = std::chrono::seconds(3);

void keep(EnterResult& result, const Trigger& trigger, const Reply& reply) {
  if (!reply.why.empty()) result.remarks.push_back(trigger.name() + ": " + reply.why);
  if (reply.end == Reply::End::sent && !reply.said.empty()) result.answer = reply.said;
  result.forbidden = reply.final;
}

// A trigger that cannot even be sent is worth an error only when no other could be.
std::optional<Reply> fire(const Job& job, const Trigger& trigger, const Board& board,
                          EnterResult& result, std::optional<Error>& first_error) {
  try {
    job.note(Note::Level::debug, "firing " + trigger.name());
    Reply reply = trigger.fire(job, board);
    if (!reply.why.empty()) job.note(Note::Level::debug, trigger.name() + ": " + reply.why);
    if (reply.end == Reply::End::sent) ++result.fired;
    return reply;
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) throw;
    job.note(Note::Level::debug, trigger.name() + ": " + error.what());
    if (!first_error) first_error = error;
    return std::nullopt;
  }
}

// One trigger until it works, is ignored, loses the board or has bounced too often.
Outcome fire_until_settled(const Job& job, const Trigger& trigger, const EnterOptions& options,
                           EnterResult& result, std::optional<Error>& first_error, Locks& locks) {
  Board board = result.before;
  result.trigger = trigger.name();
  result.tried.push_back(trigger.name());
  for (int attempt = 1;; ++attempt) {
    const BusBefore before = look_before(job.host, board);
    const Duration patience = attempt == 1 ? Duration::zero() : ports_within;
    std::optional<Reply> reply;
    job.wait_until(job.host.now() + patience, [&] {
      reply = fire(job, trigger, board, result, first_error);
      return reply.has_value();
    });
    if (!reply && attempt > 1) throw *first_error;
    if (!reply) return Outcome::ignored;
    keep(result, trigger, *reply);
    EnterOptions patient = options;
    if (reply->end != Reply::End::sent) patient.gone_within = Duration::zero();
    const Followed followed = follow_into_dfu(job, before, patient, locks);
    result.other_new_dfu_boards = other_new_dfu_boards(job.host, before, followed.board);
    if (followed.outcome == Outcome::entered) result.board = followed.board;
    if (followed.outcome != Outcome::bounced || attempt >= options.tries) return followed.outcome;
    job.note(Note::Level::info,
             fmt::format("the application came back instead of the bootloader (try {} of {})",
                         attempt, options.tries));
    board = await_ports(job, *followed.board, board.ports.size());
  }
}

EnterResult fire_triggers(const Job& job, const Board& board, const Triggers& triggers,
                          const EnterOptions& options, Locks& locks) {
  EnterResult result;
  result.before = board;
  std::optional<Error> first_error;
  result.outcome = Outcome::ignored;
  for (const auto& trigger : triggers) {
    result.outcome = fire_until_settled(job, *trigger, options, result, first_error, locks);
    if (result.outcome != Outcome::ignored || result.forbidden) break;
  }
  if (result.fired == 0 && first_error) {
    job.host.forget_reboot(board.port_path());
    throw *first_error;
  }
  if (result.outcome == Outcome::lost) {
    result.enumeration_failure = job.host.enumeration_failure(board.port_path());
  }
  return result;
}

void remember(const Job& job, const Board& board, const Selector& selector) {
  RebootRecord record{board.port_path(), board.usb.serial, {}};
  for (const auto& port : board.ports) record.ports.push_back(port.path);
  if (!selector.port.empty()) record.ports.push_back(selector.port);
  try {
    job.host.remember_reboot(record);
  } catch (const Error& error) {
    job.note(
        Note::Level::warning,
        fmt::format("its serial port will not lead to this board while it is in DFU mode, because "
                    "what it was could not be kept: {}",
                    error.what()));
  }
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

void require_dfuse(const Board& board) {
  const Loader* loader = find_loader(board.usb);
  if (loader == nullptr || loader->is_dfuse) return;
  throw Error(Errc::protocol,
              fmt::format("it is in {} ({}), which does not speak ST's DfuSe: flash it with the "
                          "tool that belongs to it",
                          loader->name, board.usb.id()),
              "board " + board.port_path());
}

EnterResult enter_board(const Job& job, const Board& board, const Selector& selector,
                        const EnterOptions& options, Locks& locks) {
  if (board.mode != BoardMode::application) {
    EnterResult already;
    already.before = board;
    already.board = board;
    return already;
  }
  StageClock clock(job, Stage::enter);
  const Triggers triggers = choose_triggers(board, options.trigger);
  remember(job, board, selector);
  EnterResult result = fire_triggers(job, board, triggers, options, locks);
  result.took = clock.stop();
  if (result.board) {
    update_record(job.host, board.port_path(), result.board);
    clock.end(fmt::format("{} after {} ({})", bootloader_name(*result.board),
                          human_time(result.took), result.trigger));
  } else if (result.outcome != Outcome::lost) {
    job.host.forget_reboot(board.port_path());
  }
  return result;
}

void check_options(const EnterOptions& options) {
  check_trigger(options.trigger);
  if (options.tries < 1) {
    throw Error(Errc::usage, fmt::format("{} tries leave nothing to do", options.tries));
  }
}

EnterResult enter(const Job& job, const Selector& selector, const EnterOptions& options) {
  check_options(options);
  const Board board = find(job, selector, options.trigger.firmware);
  Locks locks = lock(job, board);
  return enter_board(job, board, selector, options, locks);
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
