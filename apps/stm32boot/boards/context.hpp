// SPDX-License-Identifier: GPL-3.0-or-later
// What every command gets: what the options that stand before or after any command lead to.
#pragma once

#include <memory>

#include "command_line/global_options.hpp"
#include "command_line/settings.hpp"
#include "output/renderer.hpp"
#include "pace.hpp"
#include "sysboot/job.hpp"
#include "virtual_bench.hpp"

namespace stm32boot {

class Context {
 public:
  /// `make_board` is for --virtual.
  explicit Context(const GlobalOptions& options, MakeBoard make_board = make_model,
                   SettingsApplied settings = {});
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  sysboot::Host& host();
  /// Its events go to the renderer; Ctrl-C stops it.
  sysboot::Job job();
  /// The same for a console, where virtual time may go by faster than the user's.
  sysboot::Job console_job();
  Renderer& renderer() { return *renderer_; }
  /// Does anybody read what is said beside the result (-v, --json)?
  bool tells_more() const { return options_.json || options_.verbosity > 0; }
  /// --json
  bool writes_json() const { return options_.json; }
  /// What was set elsewhere than on the command line is a part of how it ended.
  void add_settings(CommandResult& outcome) const;
  const std::string& command() const { return options_.command; }
  /// Writes back what has to survive this run (--virtual=FILE). Error: cannot_write_output.
  void save();

 private:
  GlobalOptions options_;
  MakeBoard make_board_;
  SettingsApplied settings_;
  std::unique_ptr<Renderer> renderer_;
  Pace pace_;  // of the bench
  std::unique_ptr<VirtualBench> bench_;
  std::unique_ptr<sysboot::Host> host_;
};

}  // namespace stm32boot
