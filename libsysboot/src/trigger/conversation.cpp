// SPDX-License-Identifier: GPL-3.0-or-later
// The executor of profiles: works through the steps of one way.
#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/profile.hpp"
#include "triggers.hpp"

namespace sysboot {
namespace {

constexpr Duration control_timeout = std::chrono::seconds(1);
constexpr Duration stop_check = std::chrono::milliseconds(100);
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

class Conversation {
 public:
  Conversation(const Job& job, const Board& board, const Way& way)
      : job_(job), board_(board), way_(way) {}

  Reply run() {
    Reply reply;
    for (const Step& step : way_.steps) {
      reply = take(step);
      if (reply.end != Reply::End::sent) {
        say_farewell();
        return reply;
      }
    }
    reply.said = one_line(heard_);
    return reply;
  }

 private:
  Reply take(const Step& step) {
    switch (step.kind) {
      case Step::Kind::touch: return make_touch_1200()->fire(job_, board_);
      case Step::Kind::detach: return make_dfu_detach()->fire(job_, board_);
      case Step::Kind::control: return control(step.setup);
      case Step::Kind::lines:
        port().set_dtr(step.dtr);
        port().set_rts(step.rts);
        return {};
      case Step::Kind::write:
        heard_.clear();
        port().write(Bytes(step.text.begin(), step.text.end()), write_timeout);
        return {};
      case Step::Kind::silence:
      case Step::Kind::confirm:
      case Step::Kind::await: break;
    }
    const bool came = listen(step);
    if (const Refusal* refusal = refused()) return no(*refusal);
    if (came || step.kind != Step::Kind::await) return {};
    return {
        Reply::End::stopped,
        {},
        fmt::format("{} did not come within {}{}", step.meaning, human_time(step.wait), quote()),
        false};
  }

  Reply control(const Setup& setup) {
    const auto device = open_device(job_, board_);
    const TransferResult result = device->control(setup, {}, control_timeout);
    if (result.status != TransferStatus::stall) return {};
    return {Reply::End::refused, {}, "it refused the request (stall)", false};
  }

  // True as soon as the step's text has come.
  bool listen(const Step& step) {
    const TimePoint deadline = job_.host.now() + step.wait;
    const auto came = [&] {
      return step.kind != Step::Kind::silence &&
             is_in(heard_, step.text, step.offset, [&](auto byte) { return byte >= step.least; });
    };
    for (;;) {
      if (came() || refused() != nullptr) return true;
      // The other waits are short, and end what has been begun.
      if (step.kind == Step::Kind::await) job_.check_stop();
      const Duration left = deadline - job_.host.now();
      hear(port().read(1, std::clamp<Duration>(left, Duration::zero(), stop_check)));
      hear(port().read(read_at_once, Duration::zero()));
      // What has come by now counts, however late it is: this process may have been stopped.
      if (left <= Duration::zero()) return came() || refused() != nullptr;
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

  Reply no(const Refusal& refusal) const {
    const std::string why =
        refusal.meaning.empty() ? "it refused" + quote() : std::string(refusal.meaning);
    return {Reply::End::refused, {}, why, refusal.final};
  }

  std::string quote() const {
    const std::string line = one_line(heard_);
    return line.empty() ? std::string() : fmt::format("; it said \"{}\"", line);
  }

  void say_farewell() {
    if (!way_.farewell.empty()) {
      port().write(Bytes(way_.farewell.begin(), way_.farewell.end()), write_timeout);
    }
  }

  // Opened when it is needed first. At 1200 baud, dropping DTR would be a touch.
  SerialPort& port() {
    if (port_) return *port_;
    port_ = open_first_port(job_, board_);
    if (port_->baud() == touch_baud) port_->set_baud(usual_baud);
    port_->set_dtr(true);  // much firmware only listens to a port that someone has opened
    return *port_;
  }

  const Job& job_;
  const Board& board_;
  const Way& way_;
  std::unique_ptr<SerialPort> port_;
  std::string heard_;  // since the last write
};

class WayTrigger : public Trigger {
 public:
  explicit WayTrigger(const Way& way) : way_(way) {}

  std::string name() const override { return std::string(way_.name); }

  Reply fire(const Job& job, const Board& board) const override {
    try {
      return Conversation(job, board, way_).run();
    } catch (const Error& error) {
      if (error.code() != Errc::serial_io) throw;
      job.note(Note::Level::debug, name() + ": " + error.what());
      return {};
    }
  }

 private:
  const Way& way_;
};

}  // namespace

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

std::unique_ptr<Trigger> make_conversation(const Way& way) {
  return std::make_unique<WayTrigger>(way);
}

}  // namespace sysboot
