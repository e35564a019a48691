// SPDX-License-Identifier: GPL-3.0-or-later
// A board's console: what it says goes to standard output, with --json as events; what is typed
// goes to it. It is there again after every reset of the board.
#pragma once

#include <functional>
#include <memory>

#include "console_words.hpp"
#include "context.hpp"
#include "monitored_board.hpp"
#include "sysboot/port.hpp"
#include "system/keyboard.hpp"

namespace stm32boot {

struct MonitorOptions {
  ConsoleOptions console = {};
  std::string send = {};  ///< sent once the port is open, once; with C escapes
  std::optional<sysboot::Duration> within = {};  ///< ends then
  /// Also when nothing came through it; a terminal does not end.
  bool ends_with_input = true;
};

enum class MonitorEnd {
  user,     ///< Ctrl-] was typed, or a stop asked for
  done,     ///< `done` said so
  heard,    ///< the board has said what was waited for
  time,     ///< `within` has passed
  silence,  ///< input is no terminal and has ended, and the board has said nothing for a second
};

class Monitor {
 public:
  using Done = std::function<bool()>;

  /// Errors: those of ConsoleWords; usage, for an unknown escape.
  Monitor(const sysboot::Job& job, Renderer& renderer, Keyboard& keyboard, MonitoredBoard board,
          const MonitorOptions& options, Done done = {});

  /// Errors: those of MonitoredBoard::look and of PortOpener; cannot_write_output; usage, for a
  /// board without a serial port; serial_io, for a port that has no port path to come back to.
  MonitorEnd run();

  const MonitoredBoard& board() const { return board_; }
  const ConsoleWords& words() const { return words_; }
  bool was_open() const { return was_open_; }
  MonitoredBoard::State state() const { return state_; }

 private:
  std::optional<MonitorEnd> connect();
  std::optional<MonitorEnd> listen();
  std::optional<MonitorEnd> ends_now() const;
  bool open();
  void open_port(const sysboot::Board& board);
  void opened(const std::string& path);
  void tell(const MonitoredBoard::Look& look);
  void send_once();
  bool leaves_while_away();
  bool pass_keys();
  bool is_silent() const;
  bool is_late() const;
  void note(sysboot::Note::Level level, const std::string& text) const;

  sysboot::Job job_;
  Keyboard& keyboard_;
  MonitoredBoard board_;
  MonitorOptions options_;
  Done done_;
  ConsoleWords words_;
  sysboot::Bytes to_send_;
  sysboot::TimePoint start_;
  sysboot::TimePoint last_word_;
  sysboot::TimePoint try_at_;
  sysboot::Bytes typed_;  // not sent yet
  bool has_typed_ = false;
  bool was_open_ = false;
  MonitoredBoard::State state_ = MonitoredBoard::State::ready;
  sysboot::TimePoint state_since_;
  bool is_state_told_ = true;
  std::optional<sysboot::PortOpener> opener_;
  unsigned opener_address_ = 0;
  std::unique_ptr<sysboot::SerialPort> port_;
};

/// On standard input.
MonitorEnd monitor(Context& context, const sysboot::Board& board, const MonitorOptions& options,
                   const Monitor::Done& done = {});
/// --monitor of another command: shows how that ended, and opens the console of its application;
/// what goes wrong there is the outcome's problem.
void monitor_afterwards(Context& context, CommandResult& outcome, const ConsoleOptions& console);

}  // namespace stm32boot
