// SPDX-License-Identifier: GPL-3.0-or-later
// Turns events and outcomes into output. Only the main thread calls it.
#pragma once

#include <memory>

#include "command_result.hpp"
#include "sysboot/job.hpp"
#include "terminal.hpp"

namespace stm32boot {

/// What a board said: up to the end of a line, or to a pause.
struct ConsoleText {
  std::string text;  ///< as it came, line ends included
  std::string time;  ///< of day, "12:34:56.789"; empty when not wanted
};

class Renderer {
 public:
  Renderer() = default;
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;
  virtual ~Renderer() = default;

  virtual void event(const sysboot::Event& event) = 0;
  /// Error: cannot_write_output.
  virtual void console(const ConsoleText& said) = 0;

  /// From here on several boards are worked on; they count from 0.
  virtual void begin_boards(const std::vector<std::string>& names) = 0;
  virtual void board_event(std::size_t number, const sysboot::Event& event) = 0;
  virtual void board_ended(std::size_t number, const CommandResult& outcome) = 0;

  /// One more board, where they come one by one.
  virtual void begin_board(std::size_t number, const std::string& name) = 0;
  /// One of these has passed or failed; `text` is what to say of it. Error: cannot_write_output.
  virtual void verdict(std::size_t number, const CommandResult& outcome,
                       const std::string& text) = 0;

  /// What was done, where the command goes on, with a console; finish() does not tell it again.
  /// With
  /// --json it is told at the end alone. Error: cannot_write_output.
  virtual void result(const CommandResult& outcome) = 0;
  /// Called at the end, in every case. Error: cannot_write_output.
  virtual void finish(const CommandResult& outcome) = 0;
};

struct RenderOptions {
  std::string command = {};  ///< which is at work; hints depend on it
  bool quiet = false;
  bool is_virtual = false;  ///< results say that no hardware was touched
  int verbosity = 0;        ///< 1: what is tried; 2: every control transfer
  When color = When::automatic;
  When progress = When::automatic;
};

/// Lines and bars on standard error, results on standard output.
std::unique_ptr<Renderer> make_text_renderer(const RenderOptions& options);
/// One JSON object a line on standard output; the last one has "event":"result".
std::unique_ptr<Renderer> make_json_renderer(const RenderOptions& options);

}  // namespace stm32boot
