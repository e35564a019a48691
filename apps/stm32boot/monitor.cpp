// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "sysboot/error.hpp"

namespace stm32boot {
namespace {

using sysboot::Bytes;
using sysboot::Duration;
using sysboot::Errc;
using sysboot::Error;
using sysboot::TimePoint;

constexpr char leave_key = 0x1D;  // Ctrl-]
constexpr Duration turn = std::chrono::milliseconds(15);
constexpr int key_patience_ms = 5;
constexpr Duration silence = std::chrono::seconds(1);
// udev and ModemManager hold a port that has just appeared.
constexpr Duration opens_within = std::chrono::seconds(5);
constexpr Duration write_timeout = std::chrono::seconds(2);
constexpr std::size_t chunk = 512;

// Keys arrive as they are pressed, Ctrl-C among them, and the board does the echo.
class RawKeyboard {
 public:
  RawKeyboard() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios raw = before_;
    raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  RawKeyboard(const RawKeyboard&) = delete;
  RawKeyboard& operator=(const RawKeyboard&) = delete;
  ~RawKeyboard() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

  bool is_terminal() const { return is_terminal_; }
  bool has_ended() const { return has_ended_; }

  Bytes read() {
    pollfd wait{STDIN_FILENO, POLLIN, 0};
    if (has_ended_ || ::poll(&wait, 1, key_patience_ms) <= 0) return {};
    Bytes keys(chunk);
    const ssize_t count = ::read(STDIN_FILENO, keys.data(), keys.size());
    has_ended_ = count <= 0;
    keys.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return keys;
  }

 private:
  termios before_{};
  bool is_terminal_;
  bool has_ended_ = false;
};

class Printer {
 public:
  explicit Printer(bool timestamps) : timestamps_(timestamps) {}

  void print(const Bytes& bytes) {
    for (const std::uint8_t byte : bytes) {
      if (timestamps_ && at_line_start_) std::cout << time_of_day();
      at_line_start_ = byte == '\n';
      std::cout.put(static_cast<char>(byte));
    }
    std::cout.flush();
    if (!std::cout) throw Error(Errc::cannot_write_output, "cannot write to standard output");
  }

 private:
  static std::string time_of_day() {
    const auto now = std::chrono::system_clock::now();
    const auto millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    return fmt::format("{:%H:%M:%S}.{:03} ",
                       fmt::localtime(std::chrono::system_clock::to_time_t(now)),
                       millis.count() % 1000);
  }

  bool timestamps_;
  bool at_line_start_ = true;
};

std::unique_ptr<sysboot::SerialPort> open(const sysboot::Job& job, const sysboot::Board& board) {
  if (board.ports.empty()) {
    throw Error(Errc::usage, "it has no serial port to monitor", "board " + board.port_path());
  }
  std::unique_ptr<sysboot::SerialPort> port;
  std::optional<Error> last;
  job.wait_until(job.host.now() + opens_within, [&] {
    try {
      port = job.host.open_serial(board.ports.front().path);
    } catch (const Error& error) {
      last = error;
    }
    return port != nullptr;
  });
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

}  // namespace

MonitorEnd monitor(Context& context, const sysboot::Board& board, const MonitorOptions& options,
                   const std::function<bool()>& done) {
  const sysboot::Job job = context.job();
  const auto port = open(job, board);
  RawKeyboard keyboard;
  Printer printer(options.timestamps);
  if (keyboard.is_terminal()) {
    job.note(sysboot::Note::Level::info,
             "monitoring " + board.ports.front().path + "; Ctrl-] leaves");
  }
  TimePoint last_word = job.host.now();
  try {
    for (;;) {
      job.check_stop();
      if (done()) return MonitorEnd::done;
      if (pass_keys(keyboard, *port)) return MonitorEnd::user;
      const Bytes said = port->read(chunk, turn);
      printer.print(said);
      if (!said.empty() || !keyboard.has_ended()) last_word = job.host.now();
      if (job.host.now() - last_word >= silence) return MonitorEnd::silence;
    }
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) return MonitorEnd::user;
    if (error.code() != Errc::serial_io) throw;
    job.note(sysboot::Note::Level::info, "the board has left: " + error.text());
    return MonitorEnd::left;
  }
}

}  // namespace stm32boot
