// SPDX-License-Identifier: GPL-3.0-or-later
// The executor: works through the steps of one way, on a serial port that it alone holds.

#include "fire.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/patience.hpp"
#include "core/timing.hpp"
#include "sysboot/error.hpp"
#include "sysboot/port.hpp"

namespace sysboot {
namespace {

constexpr std::size_t most_kept = 4096;
constexpr std::size_t read_at_once = most_kept / 2;  // all of it is kept
constexpr std::size_t longest_quote = 100;

// Is `text` in `heard`, and with an offset: is there a byte that far behind it, and does it fit?
template <typename Fits>
bool is_in(const std::string& heard, std::string_view text, std::size_t offset, Fits fits) {
  for (std::size_t at = heard.find(text); at != std::string::npos; at = heard.find(text, at + 1)) {
    if (offset == 0) return true;
    const std::size_t byte = at + text.size() - 1 + offset;
    if (byte < heard.size() && fits(static_cast<std::uint8_t>(heard[byte]))) return true;
  }
  return false;
}

// What a terminal would have shown, in one line, its end if it is long.
std::string one_line(std::string_view heard) {
  std::string line;
  for (const char c : heard) {
    const bool is_gap = c == ' ' || (c >= 0 && c < 0x20) || c == 0x7F;
    if (!is_gap || (!line.empty() && line.back() != ' ')) line += is_gap ? ' ' : c;
  }
  while (line.ends_with(' ')) line.pop_back();
  if (line.size() > longest_quote) line = "..." + line.substr(line.size() - longest_quote);
  return printable(line);
}

std::unique_ptr<SerialPort> open_first_port(const Job& job, const Board& board) {
  PortOpener opener(job.host, board, timing::access_settles);
  for (;;) {
    if (auto port = opener.attempt()) return port;
    job.check_stop();
    job.host.sleep(timing::try_again_after);
  }
}

class Executor {
 public:
  Executor(const Job& job, const Board& board, const Way& way)
      : job_(job), board_(board), way_(way) {
    if (way.needs_port()) port_ = open_first_port(job, board);
  }

  Reply run() {
    if (port_) prepare_console(*port_);
    for (const Step& step : way_.steps) {
      Reply reply = std::visit([this](const auto& one) { return take(one); }, step);
      if (reply.end == Reply::End::sent) continue;
      if (!way_.farewell.empty()) send(way_.farewell);
      return reply;
    }
    return {Reply::End::sent, one_line(heard_), agreed_, {}, false};
  }

 private:
  Reply take(const Write& step) {
    heard_.clear();
    send(step.text);
    return {};
  }

  Reply take(const Await& step) {
    const auto has_come = [&] {
      return is_in(heard_, step.text, step.offset, [&](auto byte) { return byte >= step.least; });
    };
    // The other waits are short, and end what has been begun.
    const bool came = listen(step.wait, has_come, [&] { job_.check_stop(); });
    if (came || refused() != nullptr) return unless_refused();
    return {
        Reply::End::stopped,
        {},
        false,
        fmt::format("{} did not come within {}{}", step.meaning, human_time(step.wait), quote()),
        false};
  }

  Reply take(const Confirm& step) {
    agreed_ = listen(
        step.wait, [&] { return heard_.find(step.text) != std::string::npos; }, [] {});
    return unless_refused();
  }

  Reply take(const Silence& step) {
    listen(
        step.wait, [] { return false; }, [] {});
    return unless_refused();
  }

  Reply take(const Lines& step) {
    port_->set_dtr(step.dtr);
    port_->set_rts(step.rts);
    return {};
  }

  Reply take(const Touch& /*step*/) {
    touch(job_, board_, *port_);
    return {};
  }

  Reply take(const Detach& /*step*/) {
    detach(job_, board_);
    return {};
  }

  Reply take(const Control& step) {
    const auto device = open_device(job_, board_);
    const TransferResult result = device->control(step.setup, {}, timing::trigger_request);
    if (result.status != TransferStatus::stall) return {};
    return {Reply::End::refused, {}, false, "it refused the request (stall)", false};
  }

  void send(const std::string& text) {
    port_->write(Bytes(text.begin(), text.end()), timing::serial_write);
  }

  // Until `wait` has passed, `came` says so (true), or the firmware refuses.
  template <typename Came, typename CheckStop>
  bool listen(Duration wait, const Came& came, const CheckStop& check_stop) {
    const TimePoint deadline = job_.host.now() + wait;
    for (;;) {
      if (came()) return true;
      if (refused() != nullptr) return false;
      check_stop();
      const Duration left = deadline - job_.host.now();
      hear(port_->read(1, std::clamp<Duration>(left, Duration::zero(), timing::stop_is_seen)));
      hear(port_->read(read_at_once, Duration::zero()));
      // What has come by now counts, however late it is: this process may have been stopped.
      if (left <= Duration::zero()) return came();
    }
  }

  void hear(const Bytes& bytes) {
    heard_.append(bytes.begin(), bytes.end());
    if (heard_.size() > most_kept) heard_.erase(0, heard_.size() - most_kept / 2);
  }

  const Refusal* refused() const {
    const auto found =
        std::find_if(way_.refusals.begin(), way_.refusals.end(), [&](const Refusal& refusal) {
          return is_in(heard_, refusal.text, refusal.offset,
                       [&](auto byte) { return (byte & refusal.mask) != 0; });
        });
    return found == way_.refusals.end() ? nullptr : &*found;
  }

  Reply unless_refused() const {
    const Refusal* refusal = refused();
    if (refusal == nullptr) return {};
    const std::string why = refusal->meaning.empty() ? "it refused" + quote() : refusal->meaning;
    return {Reply::End::refused, {}, false, why, refusal->final};
  }

  std::string quote() const {
    const std::string line = one_line(heard_);
    return line.empty() ? std::string() : fmt::format("; it said \"{}\"", line);
  }

  const Job& job_;
  const Board& board_;
  const Way& way_;
  std::unique_ptr<SerialPort> port_;  // where the way needs one
  bool agreed_ = false;
  std::string heard_;  // since the last write
};

}  // namespace

Reply fire(const Job& job, const Board& board, const Way& way) {
  Executor executor(job, board, way);
  try {
    return executor.run();
  } catch (const Error& error) {
    if (error.code() != Errc::serial_io) throw;
    job.note(Note::Level::debug, way.name + ": " + error.what());
    return {};
  }
}

std::unique_ptr<UsbDevice> open_device(const Job& job, const Board& board) {
  const Duration patience = board.ports.empty() ? timing::access_settles : Duration::zero();
  return with_patience(job, {{Errc::not_permitted, patience}},
                       [&] { return job.host.open_usb(board.usb); });
}

}  // namespace sysboot
