// SPDX-License-Identifier: GPL-3.0-or-later
#include "context.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sysboot/file.hpp"
#include "sysboot/libusb.hpp"
#include "system/console.hpp"
#include "system/interrupt.hpp"

namespace stm32boot {
namespace {

RenderOptions render_options(const GlobalOptions& options) {
  return {options.command,   options.quiet,       options.is_virtual(),
          options.verbosity, when(options.color), when(options.progress)};
}

// Where nobody looks, nothing is waited for.
double speed_of(const GlobalOptions& options) {
  if (!options.virtual_speed.empty()) return number_in(options.virtual_speed).value();
  const bool is_watched = is_capable_terminal() && !options.json && !options.quiet;
  return is_watched ? 1 : 0;
}

// A dry run waits in any case.
bool may_have_run(const Facts& facts) {
  if (facts.find("dry_run") != nullptr) return false;
  const Facts* boards = facts.find("boards");
  const bool has_left = facts.find("left") != nullptr;  // of `run`
  if (boards == nullptr) return has_left || facts.find("run") != nullptr;
  const auto& rows = std::get<Facts::List>(boards->value());
  return std::any_of(rows.begin(), rows.end(), [](const Facts& row) { return may_have_run(row); });
}

}  // namespace

Context::Context(const GlobalOptions& options, MakeBoard make_board, SettingsApplied settings)
    : options_(options),
      make_board_(std::move(make_board)),
      settings_(std::move(settings)),
      renderer_(options.json ? make_json_renderer(render_options(options))
                             : make_text_renderer(render_options(options))),
      pace_(speed_of(options)) {}

Context::~Context() = default;

sysboot::Host& Context::host() {
  if (options_.is_virtual()) {
    const std::string file =
        options_.virtual_file == CommandLine::no_value ? "" : options_.virtual_file;
    if (!bench_) {
      auto boards = options_.virtual_boards;
      const auto count = options_.virtual_count();
      if (count) boards.resize(std::max(*count, boards.size()));
      bench_ =
          std::make_unique<VirtualBench>(sysboot::to_path(count ? "" : file), boards, make_board_);
    }
    return bench_->host();
  }
  if (!host_) {
    sysboot::use_libusb_alone();
    host_ = sysboot::system_host();
  }
  return *host_;
}

sysboot::Job Context::job() {
  pace_.restart();
  const auto tell = [this](const sysboot::Event& event) {
    if (bench_) pace_.keep(bench_->host().now());
    renderer_->event(event);
  };
  return {host(), tell, &stop_on_interrupt()};
}

sysboot::Job Context::console_job() {
  return {host(), [this](const sysboot::Event& event) { renderer_->event(event); },
          &stop_on_interrupt()};
}

void Context::add_settings(CommandResult& outcome) const {
  if (!outcome.facts.is_object()) return;
  if (!settings_.set.empty()) {
    auto& all = outcome.facts["settings"] = Facts::list();
    for (const auto& setting : settings_.set) {
      all.push_back({{"key", setting.key}, {"value", setting.value}, {"source", setting.source}});
    }
  }
  if (settings_.no_wait_source.empty() || !may_have_run(outcome.facts)) return;
  if (outcome.text.empty()) return;
  outcome.text += fmt::format("{}the application was not waited for (no-wait in {})",
                              outcome.text.find('\n') == std::string::npos ? "; " : "\n",
                              settings_.no_wait_source);
}

void Context::save() {
  if (bench_) bench_->save();
}

}  // namespace stm32boot
