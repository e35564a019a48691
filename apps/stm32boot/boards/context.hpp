// SPDX-License-Identifier: GPL-3.0-or-later
// What every command gets: the options that stand before or after any command, and what they lead
// to.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "command_line/settings.hpp"
#include "output/renderer.hpp"
#include "sysboot/job.hpp"
#include "virtual_bench.hpp"

namespace stm32boot {

struct GlobalOptions {
  std::string command;                ///< that was given
  MakeBoard make_board = make_model;  ///< for --virtual
  std::string virtual_file;           ///< "true" when --virtual has no file
  std::vector<std::string> virtual_boards;
  bool json = false;
  bool quiet = false;
  int verbosity = 0;
  When color = When::automatic;
  When progress = When::automatic;

  void add_to(CLI::App& app);
  bool is_virtual() const { return !virtual_file.empty() || !virtual_boards.empty(); }
  /// What can be told from words that make no sense.
  void guess_from(const std::vector<std::string>& words);
};

class Context {
 public:
  explicit Context(const GlobalOptions& options, SettingsApplied settings = {});
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  sysboot::Host& host();
  /// Its events go to the renderer; Ctrl-C stops it.
  sysboot::Job job();
  Renderer& renderer() { return *renderer_; }
  /// Does anybody read what is said beside the result (-v, --json)?
  bool tells_more() const { return options_.json || options_.verbosity > 0; }
  /// --json
  bool writes_json() const { return options_.json; }
  /// What was set elsewhere than on the command line is a part of how it ended.
  void add_settings(Outcome& outcome) const;
  const std::string& command() const { return options_.command; }
  /// Writes back what has to survive this run (--virtual=FILE). Error: cannot_write_output.
  void save();

 private:
  GlobalOptions options_;
  SettingsApplied settings_;
  std::unique_ptr<Renderer> renderer_;
  std::unique_ptr<VirtualBench> bench_;
  std::unique_ptr<sysboot::Host> host_;
};

}  // namespace stm32boot
