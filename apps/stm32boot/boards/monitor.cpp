// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "sysboot/error.hpp"
#include "sysboot/trigger.hpp"
#include "system/console.hpp"

namespace stm32boot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using sysboot::Board;
using sysboot::Bytes;
using sysboot::Duration;
using sysboot::Errc;
using sysboot::Error;
using sysboot::Note;
using State = MonitoredBoard::State;

constexpr char leave_key = 0x1D;  // Ctrl-]
constexpr char stop_key = 0x03;   // Ctrl-C, which goes to the board while that is there
constexpr Duration turn = milliseconds(15);
constexpr Duration look_every = milliseconds(50);
constexpr Duration silence = seconds(1);
// For input that has ended: a board that resets is given the time that other commands give it.
constexpr Duration comes_back_within = seconds(10);
// udev and others hold a port that has just appeared.
constexpr Duration opens_within = seconds(5);
// The serial ports of a device that has just appeared.
constexpr Duration ports_appear = seconds(2);
// A port that fails at once would be opened again and again.
constexpr Duration pause_after_error = milliseconds(100);
constexpr Duration write_timeout = seconds(2);
constexpr std::size_t chunk = 512;
constexpr std::size_t most_typed = 64 * 1024;  // for a board that is not there

bool has_key(const Bytes& keys, char key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

Monitor::Monitor(const sysboot::Job& job, Renderer& renderer, Keyboard& keyboard,
                 MonitoredBoard board, const MonitorOptions& options, Done done)
    : job_(job),
      keyboard_(keyboard),
      board_(std::move(board)),
      options_(options),
      done_(std::move(done)),
      words_(renderer, options.console),
      to_send_(sysboot::unescape(options.send)),
      start_(job.host.now()),
      last_word_(start_),
      try_at_(start_),
      state_since_(start_) {}

MonitorEnd Monitor::run() {
  for (;;) {
    if (const auto end = connect()) return *end;
    const auto end = listen();
    words_.pass_on();
    if (end) return *end;
    words_.cut();
    last_word_ = job_.host.now();
  }
}

// Until the port is open.
std::optional<MonitorEnd> Monitor::connect() {
  for (;;) {
    if (const auto end = ends_now()) return end;
    if (leaves_while_away()) return MonitorEnd::user;
    const bool is_last = is_late();
    if (open()) return std::nullopt;
    if (is_last) return MonitorEnd::time;
    if (is_silent()) return MonitorEnd::silence;
    job_.host.wait_for_change(job_.host.now() + look_every);
  }
}

// Until the port is not there any more, or another stm32boot needs it.
std::optional<MonitorEnd> Monitor::listen() {
  try {
    send_once();
    while (!board_.is_in_use()) {
      if (const auto end = ends_now()) return end;
      if (pass_keys()) return MonitorEnd::user;
      // Before it is read: what was said while this process was stopped counts, too.
      const bool is_last = is_late();
      const bool was_silent = is_silent();
      const Bytes said = port_->read(chunk, turn);
      words_.add(said);
      if (words_.has_heard()) return MonitorEnd::heard;
      if (is_last) return MonitorEnd::time;
      if (!said.empty() || !keyboard_.has_ended()) {
        last_word_ = job_.host.now();
      } else if (was_silent) {
        return MonitorEnd::silence;
      }
    }
  } catch (const Error& error) {
    words_.pass_on();
    if (error.code() != Errc::serial_io || !board_.can_come_back()) throw;
    note(Note::Level::info, "the board has left: " + error.text());
    try_at_ = job_.host.now() + pause_after_error;
  }
  port_.reset();
  return std::nullopt;
}

std::optional<MonitorEnd> Monitor::ends_now() const {
  if (job_.stop != nullptr && *job_.stop) return MonitorEnd::user;
  if (done_ && done_()) return MonitorEnd::done;
  // Whoever started it is gone, and a board that says nothing would never tell.
  if (output_is_abandoned()) {
    throw Error(Errc::cannot_write_output, "nobody reads standard output any more");
  }
  return std::nullopt;
}

bool Monitor::open() {
  const auto look = board_.look();
  if (look.state != state_) {
    state_ = look.state;
    state_since_ = job_.host.now();
    is_state_told_ = false;
  }
  tell(look);
  if (state_ != State::ready) opener_.reset();
  if (state_ != State::ready || job_.host.now() < try_at_) return false;
  try {
    open_port(look.board);
  } catch (const Error& error) {
    opener_.reset();
    port_.reset();
    const bool is_leaving = error.code() == Errc::no_board || error.code() == Errc::serial_io;
    if (!is_leaving || !board_.can_come_back()) throw;
    note(Note::Level::debug, error.what());
    try_at_ = job_.host.now() + pause_after_error;
  }
  return port_ != nullptr;
}

void Monitor::open_port(const Board& board) {
  if (!opener_ || opener_address_ != board.usb.address) {
    opener_.emplace(job_.host, board, opens_within);
    opener_address_ = board.usb.address;
  }
  port_ = opener_->attempt();
  if (!port_) return;
  prepare_console(*port_);
  opener_.reset();
  opened(board.ports.front().path);
}

void Monitor::opened(const std::string& path) {
  if (was_open_ || keyboard_.is_terminal()) {
    note(Note::Level::info, fmt::format("monitoring {}{}{}", path, was_open_ ? " again" : "",
                                        keyboard_.is_terminal() ? "; Ctrl-] leaves" : ""));
  }
  was_open_ = true;
  last_word_ = job_.host.now();
}

// Once for each state.
void Monitor::tell(const MonitoredBoard::Look& look) {
  const bool is_early =
      look.state == State::without_port && job_.host.now() - state_since_ < ports_appear;
  if (is_state_told_ || is_early) return;
  is_state_told_ = true;
  const std::string name = board_.name();
  switch (look.state) {
    case State::ready: break;
    case State::absent: note(Note::Level::info, "waiting for " + name); break;
    case State::in_use:
      note(Note::Level::info, "another stm32boot is working on " + name + "; waiting for its end");
      break;
    case State::in_bootloader:
      note(Note::Level::info,
           fmt::format("{} is in {}; waiting for its application", name,
                       look.board.mode == sysboot::BoardMode::dfu ? "DFU mode" : "its bootloader"));
      break;
    case State::without_port:
      if (!was_open_) throw Error(Errc::usage, "it has no serial port to monitor", name);
      note(Note::Level::info, name + " has no serial port now; waiting for one");
      break;
  }
}

void Monitor::send_once() {
  if (to_send_.empty()) return;
  words_.add(port_->read(chunk, Duration::zero()));
  words_.forget();
  note(Note::Level::debug, fmt::format("sending \"{}\"", options_.send));
  port_->write(std::exchange(to_send_, {}), write_timeout);
}

// Keys that nobody hears are lost; what comes through a pipe is for the board when it is back.
bool Monitor::leaves_while_away() {
  if (typed_.size() >= most_typed) return false;
  const Bytes keys = keyboard_.read();
  if (keyboard_.is_terminal()) return has_key(keys, leave_key) || has_key(keys, stop_key);
  typed_.insert(typed_.end(), keys.begin(), keys.end());
  return false;
}

// True when the user wants to leave.
bool Monitor::pass_keys() {
  const Bytes keys = keyboard_.read();
  typed_.insert(typed_.end(), keys.begin(), keys.end());
  const auto leave =
      keyboard_.is_terminal() ? std::find(typed_.begin(), typed_.end(), leave_key) : typed_.end();
  const bool leaves = leave != typed_.end();
  typed_.erase(leave, typed_.end());
  if (!typed_.empty()) {
    has_typed_ = true;
    port_->write(std::exchange(typed_, {}), write_timeout);
  }
  return leaves;
}

bool Monitor::is_silent() const {
  const bool may_end = options_.ends_with_input || has_typed_;
  if (!may_end || options_.within || !options_.console.until.empty()) return false;
  const Duration patience = port_ ? silence : comes_back_within;
  return keyboard_.has_ended() && job_.host.now() - last_word_ >= patience;
}

bool Monitor::is_late() const {
  return options_.within && job_.host.now() - start_ >= *options_.within;
}

void Monitor::note(Note::Level level, const std::string& text) const {
  job_.note(level, text);
}

MonitorEnd monitor(Context& context, const Board& board, const MonitorOptions& options,
                   const Monitor::Done& done) {
  const sysboot::Job job = context.console_job();
  RawKeyboard keyboard;
  return Monitor(job, context.renderer(), keyboard, {job.host, board}, options, done).run();
}

void monitor_afterwards(Context& context, CommandResult& outcome, const ConsoleOptions& console) {
  context.renderer().result(outcome);
  try {
    monitor(context, *outcome.application, {console});
  } catch (const Error& error) {
    outcome.problem = error;
  }
}

}  // namespace stm32boot
