// SPDX-License-Identifier: GPL-3.0-or-later
#include "asking.hpp"

#include <fmt/core.h>

#include "core/timing.hpp"
#include "follow.hpp"

namespace sysboot {
namespace {

// Of what a user gave to be sent; profiles know what their firmware waits for.
bool lacks_line_end(const Way& way) {
  const auto* text = way.steps.empty() ? nullptr : std::get_if<Write>(&way.steps.front());
  return way.name == "text" && text != nullptr && !text->text.ends_with('\r') &&
         !text->text.ends_with('\n');
}

}  // namespace

Asking::Asking(const Job& job, const Board& board, const EnterOptions& options)
    : job_(job), options_(options) {
  result_.before = board;
  result_.outcome = Outcome::ignored;
  result_.back_within = options.back_within;
}

bool Asking::ask(const Way& way) {
  result_.trigger = way.name;
  result_.tried.push_back(way.name);
  result_.outcome = ask_until_settled(way);
  if (result_.outcome == Outcome::ignored && lacks_line_end(way)) {
    result_.remarks.push_back(
        "the text has no line end, such as \\r, which most consoles wait for");
  }
  return result_.outcome == Outcome::ignored && !result_.forbidden;
}

Outcome Asking::ask_until_settled(const Way& way) {
  Board board = result_.before;
  for (int attempt = 1;; ++attempt) {
    const BusBefore before = look_before(job_.host, board);
    const auto reply =
        fire_within(attempt == 1 ? Duration::zero() : timing::port_opens, way, board);
    if (!reply && attempt > 1) throw *first_error_;
    if (!reply) return Outcome::ignored;
    keep(way, *reply);
    EnterOptions patient = options_;
    if (reply->end != Reply::End::sent) patient.gone_within = Duration::zero();
    if (reply->agreed) patient.gone_within = options_.back_within;  // so it only takes its time
    Followed followed = follow_into_dfu(job_, before, patient);
    result_.other_new_dfu_boards = other_new_dfu_boards(job_.host, before, followed.board);
    if (followed.outcome == Outcome::entered) result_.board = followed.board;
    if (followed.lock) locks_.push_back(std::move(followed.lock));
    const bool bounced = followed.outcome == Outcome::bounced;
    if (!bounced || attempt >= options_.tries) return followed.outcome;
    job_.note(Note::Level::info,
              fmt::format("the application came back instead of the bootloader (try {} of {})",
                          attempt, options_.tries));
    board = await_ports(job_, *followed.board, board.ports.size());
  }
}

std::optional<Reply> Asking::fire_within(Duration within, const Way& way, const Board& board) {
  std::optional<Reply> reply;
  job_.wait_until(job_.host.now() + within, [&] {
    reply = fire_once(way, board);
    return reply.has_value();
  });
  return reply;
}

// A trigger that cannot even be sent is worth an error only when no other could be.
std::optional<Reply> Asking::fire_once(const Way& way, const Board& board) {
  try {
    job_.note(Note::Level::debug, "firing " + way.name);
    return fire(job_, board, way);
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) throw;
    job_.note(Note::Level::debug, way.name + ": " + error.what());
    if (!first_error_) first_error_ = error;
    return std::nullopt;
  }
}

void Asking::keep(const Way& way, const Reply& reply) {
  const bool was_sent = reply.end == Reply::End::sent;
  if (was_sent) ++result_.fired;
  if (was_sent && !reply.said.empty()) result_.answer = reply.said;
  if (!reply.why.empty()) {
    result_.remarks.push_back(way.name + ": " + reply.why);
    job_.note(Note::Level::debug, result_.remarks.back());
  }
  result_.forbidden = reply.final;
}

Entered Asking::end() {
  const std::string& port_path = result_.before.port_path();
  if (result_.fired == 0 && first_error_) {
    job_.host.forget_reboot(port_path);
    throw *first_error_;
  }
  if (result_.outcome == Outcome::lost) {
    result_.enumeration_failure = job_.host.enumeration_failure(port_path);
  }
  return {std::move(result_), std::move(locks_)};
}

}  // namespace sysboot
