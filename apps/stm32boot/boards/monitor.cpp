// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "sysboot/error.hpp"
#include "system/keyboard.hpp"

namespace stm32boot {
namespace {

using sysboot::Bytes;
using sysboot::Duration;
using sysboot::Errc;
using sysboot::Error;
using sysboot::TimePoint;

constexpr char leave_key = 0x1D;  // Ctrl-]
constexpr Duration turn = std::chrono::milliseconds(15);
constexpr Duration silence = std::chrono::seconds(1);
// udev and others hold a port that has just appeared.
constexpr Duration opens_within = std::chrono::seconds(5);
constexpr Duration write_timeout = std::chrono::seconds(2);
constexpr std::size_t chunk = 512;
constexpr std::size_t longest_line = 4096;

// Cuts what the board says at the ends of lines, and at pauses.
class LineSplitter {
 public:
  LineSplitter(Renderer& renderer, bool timestamps)
      : renderer_(renderer), timestamps_(timestamps) {}

  void add(const Bytes& said) {
    if (said.empty() || held_.text.size() >= longest_line) pass_on();
    for (const std::uint8_t byte : said) {
      if (held_.text.empty() && timestamps_) held_.time = time_of_day();
      held_.text += static_cast<char>(byte);
      if (byte == '\n') pass_on();
    }
  }
  void pass_on() {
    if (!held_.text.empty()) renderer_.console(std::exchange(held_, {}));
  }

 private:
  static std::string time_of_day() {
    const auto now = std::chrono::system_clock::now();
    const auto millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    return fmt::format("{:%H:%M:%S}.{:03}",
                       fmt::localtime(std::chrono::system_clock::to_time_t(now)),
                       millis.count() % 1000);
  }

  Renderer& renderer_;
  bool timestamps_;
  ConsoleText held_;
};

std::unique_ptr<sysboot::SerialPort> open(const sysboot::Job& job, const sysboot::Board& board) {
  if (board.ports.empty()) {
    throw Error(Errc::usage, "it has no serial port to monitor", "board " + board.port_path());
  }
  const std::string& path = board.ports.front().path;
  const TimePoint start = job.host.now();
  std::unique_ptr<sysboot::SerialPort> port;
  std::optional<Error> last;
  const auto try_to_open = [&] {
    try {
      port = job.host.open_serial(path);
    } catch (const Error& error) {
      last = error;
    }
    return port != nullptr;
  };
  job.wait_until(start + opens_within, try_to_open);
  if (!port && job.host.is_being_probed(path))
    job.wait_until(start + sysboot::probing_ends, try_to_open);
  if (!port) throw *last;
  port->set_dtr(true);  // much firmware only talks to a port that someone has opened
  return port;
}

// True when the user wants to leave.
bool pass_keys(RawKeyboard& keyboard, sysboot::SerialPort& port) {
  const Bytes keys = keyboard.read();
  const auto leave = std::find(keys.begin(), keys.end(), leave_key);
  const bool leaves = keyboard.is_terminal() && leave != keys.end();
  const auto length = static_cast<std::size_t>((leaves ? leave : keys.end()) - keys.begin());
  if (length > 0) port.write(sysboot::ByteView(keys).first(length), write_timeout);
  return leaves;
}

MonitorEnd watch(const sysboot::Job& job, sysboot::SerialPort& port, RawKeyboard& keyboard,
                 LineSplitter& lines, const std::function<bool()>& done) {
  TimePoint last_word = job.host.now();
  try {
    for (;;) {
      job.check_stop();
      if (done()) return MonitorEnd::done;
      if (pass_keys(keyboard, port)) return MonitorEnd::user;
      // Before it is read: what was said while this process was stopped counts, too.
      const bool was_silent = job.host.now() - last_word >= silence;
      const Bytes said = port.read(chunk, turn);
      lines.add(said);
      if (!said.empty() || !keyboard.has_ended()) {
        last_word = job.host.now();
      } else if (was_silent) {
        return MonitorEnd::silence;
      }
    }
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) return MonitorEnd::user;
    if (error.code() != Errc::serial_io) throw;
    lines.pass_on();
    job.note(sysboot::Note::Level::info, "the board has left: " + error.text());
    return MonitorEnd::left;
  }
}

}  // namespace

MonitorEnd monitor(Context& context, const sysboot::Board& board, const MonitorOptions& options,
                   const std::function<bool()>& done) {
  const sysboot::Job job = context.job();
  const auto port = open(job, board);
  RawKeyboard keyboard;
  LineSplitter lines(context.renderer(), options.timestamps);
  if (keyboard.is_terminal()) {
    job.note(sysboot::Note::Level::info,
             "monitoring " + board.ports.front().path + "; Ctrl-] leaves");
  }
  const MonitorEnd end = watch(job, *port, keyboard, lines, done);
  lines.pass_on();
  return end;
}

}  // namespace stm32boot
