// SPDX-License-Identifier: GPL-3.0-or-later
#include "context.hpp"

#include <fmt/core.h>

#include <map>

#include "sysboot/path.hpp"
#include "system/interrupt.hpp"

namespace stm32boot {
namespace {

// What CLI11 takes a flag without a value for: --virtual without a file.
constexpr const char* no_file = "true";

void add_when(CLI::App& app, const std::string& name, When& value, const std::string& what) {
  static const std::map<std::string, When> words = {
      {"auto", When::automatic}, {"always", When::always}, {"never", When::never}};
  app.add_option(name, value, what)
      ->transform(CLI::CheckedTransformer(words).description(""))
      ->type_name("auto|always|never");
}

RenderOptions render_options(const GlobalOptions& options) {
  return {options.command,   options.quiet, options.is_virtual(),
          options.verbosity, options.color, options.progress};
}

}  // namespace

void GlobalOptions::add_to(CLI::App& app) {
  app.add_flag("--virtual", virtual_file,
               "Use a virtual Black Pill; =FILE keeps its flash between runs")
      ->type_name("[=FILE]");
  app.add_option("--virtual-board", virtual_boards, "Describe a virtual board")->group("");
  app.add_flag("--json", json, "One JSON object a line on standard output");
  app.add_flag("-q,--quiet", quiet, "Print nothing but errors");
  app.add_flag("-v,--verbose", verbosity, "Say what is tried; -vv: every control transfer");
  add_when(app, "--progress", progress, "Draw progress bars");
  add_when(app, "--color", color, "Use colours");
}

void GlobalOptions::guess_from(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--json") json = true;
    if (word.starts_with("--virtual")) virtual_file = no_file;
  }
}

Context::Context(const GlobalOptions& options, SettingsApplied settings)
    : options_(options),
      settings_(std::move(settings)),
      renderer_(options.json ? make_json_renderer(render_options(options))
                             : make_text_renderer(render_options(options))) {}

Context::~Context() = default;

sysboot::Host& Context::host() {
  if (options_.is_virtual()) {
    const std::string file = options_.virtual_file == no_file ? "" : options_.virtual_file;
    if (!bench_) {
      bench_ = std::make_unique<VirtualBench>(sysboot::to_path(file), options_.virtual_boards,
                                              options_.make_board);
    }
    return bench_->host();
  }
  if (!host_) host_ = sysboot::system_host();
  return *host_;
}

sysboot::Job Context::job() {
  return {host(), [this](const sysboot::Event& event) { renderer_->event(event); },
          &stop_on_interrupt()};
}

void Context::add_settings(Outcome& outcome) const {
  if (!outcome.facts.is_object()) return;
  if (!settings_.set.empty()) {
    auto& all = outcome.facts["settings"] = Facts::list();
    for (const auto& setting : settings_.set) {
      all.push_back({{"key", setting.key}, {"value", setting.value}, {"source", setting.source}});
    }
  }
  const bool ran =
      outcome.command == "run" || outcome.facts.find("run") || outcome.facts.find("boards");
  if (settings_.no_wait_source.empty() || !ran || outcome.text.empty()) return;
  outcome.text += fmt::format("{}the application was not waited for (no-wait in {})",
                              outcome.text.find('\n') == std::string::npos ? "; " : "\n",
                              settings_.no_wait_source);
}

void Context::save() {
  if (bench_) bench_->save();
}

}  // namespace stm32boot
