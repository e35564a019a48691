// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

#include "hints.hpp"
#include "renderer.hpp"

namespace stm32boot {
namespace {

using sysboot::Note;
using sysboot::StageBegin;
using sysboot::StageEnd;
using sysboot::StageProgress;
using sysboot::Transfer;

constexpr std::size_t bar_cells = 30;
constexpr int text_width = 48;

// Log lines go above the progress bar.
class TerminalSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit TerminalSink(Terminal& terminal) : terminal_(terminal) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    terminal_.line(terminal_.paint(Style::faint, {text.data(), text.size()}));
  }
  void flush_() override {}

 private:
  Terminal& terminal_;
};

spdlog::logger make_logger(Terminal& terminal, int verbosity) {
  spdlog::logger logger("stm32boot", std::make_shared<TerminalSink>(terminal));
  logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%H:%M:%S.%e %v", spdlog::pattern_time_type::local, ""));
  logger.set_level(verbosity >= 2   ? spdlog::level::trace
                   : verbosity == 1 ? spdlog::level::debug
                                    : spdlog::level::off);
  return logger;
}

std::string describe(const Transfer& transfer) {
  const auto& setup = transfer.setup;
  std::string text = fmt::format(
      "{} type={:02x} request={:02x} value={:04x} index={:04x} length={} -> {}, {} bytes",
      setup.is_in() ? "IN " : "OUT", setup.request_type, setup.request, setup.value, setup.index,
      setup.length, sysboot::to_string(transfer.result.status), transfer.result.length);
  text +=
      fmt::format(", {:.1f} ms", std::chrono::duration<double, std::milli>(transfer.took).count());
  if (!transfer.data.empty()) text += ":";
  for (const auto byte : transfer.data) text += fmt::format(" {:02x}", byte);
  return text;
}

std::string label(sysboot::Stage stage) {
  const std::string_view word = stage == sysboot::Stage::find ? "board" : to_string(stage);
  return fmt::format("{:<9}", word);
}

class TextRenderer : public Renderer {
 public:
  explicit TextRenderer(const RenderOptions& options)
      : options_(options),
        terminal_(options.color, options.progress),
        log_(make_logger(terminal_, options.verbosity)) {}

  void event(const sysboot::Event& event) override {
    std::visit([this](const auto& specific) { on(specific); }, event);
  }

  void console(const ConsoleText& said) override {
    if (at_line_start_ && !said.time.empty()) std::cout << said.time << ' ';
    at_line_start_ = said.text.ends_with('\n');
    std::cout << said.text << std::flush;
    if (!std::cout) {
      throw sysboot::Error(sysboot::Errc::cannot_write_output, "cannot write to standard output");
    }
  }

  void finish(const Outcome& outcome) override {
    terminal_.clear_bar();
    if (!options_.quiet) {
      for (const auto& remark : outcome.remarks) terminal_.line(remark);
    }
    if (outcome.problem) print_error(*outcome.problem);
    if (!outcome.text.empty() && !options_.quiet) write_result(outcome.text);
  }

 private:
  void on(const StageBegin& begin) {
    total_ = begin.total;
    if (total_ > 0 && !options_.quiet) draw(begin.stage, 0);
  }

  void on(const StageProgress& progress) {
    if (total_ > 0 && !options_.quiet) draw(progress.stage, progress.done);
  }

  void on(const StageEnd& end) {
    terminal_.clear_bar();
    if (options_.quiet || end.text.empty()) return;
    const bool timed = end.took > sysboot::Duration::zero() && end.stage != sysboot::Stage::find &&
                       end.stage != sysboot::Stage::enter && end.stage != sysboot::Stage::run;
    const std::string text =
        timed ? fmt::format("{:<{}}{:>8}", end.text, text_width, sysboot::human_time(end.took))
              : end.text;
    terminal_.line(terminal_.paint(Style::bold, label(end.stage)) + text);
  }

  void on(const Note& note) {
    switch (note.level) {
      case Note::Level::debug: log_.debug(note.text); break;
      case Note::Level::info:
        if (!options_.quiet) terminal_.line(note.text);
        break;
      case Note::Level::warning:
        terminal_.line(terminal_.paint(Style::warning, "warning: ") + note.text);
        break;
    }
  }

  void on(const Transfer& transfer) {
    if (log_.should_log(spdlog::level::trace)) log_.trace(describe(transfer));
  }

  void draw(sysboot::Stage stage, std::uint64_t done) {
    const double part = static_cast<double>(std::min(done, total_)) / static_cast<double>(total_);
    const auto full = static_cast<std::size_t>(part * bar_cells);
    terminal_.bar(fmt::format("{}[{}{}] {:3.0f} %  {} of {}", label(stage), std::string(full, '#'),
                              std::string(bar_cells - full, '.'), part * 100,
                              sysboot::human_size(done), sysboot::human_size(total_)));
  }

  void print_error(const sysboot::Error& error) {
    terminal_.line(terminal_.paint(Style::error, "error: ") + error.what());
    for (const auto& hint : hints(error.code())) {
      terminal_.line(terminal_.paint(Style::faint, "  hint: ") + hint);
    }
  }

  RenderOptions options_;
  Terminal terminal_;
  spdlog::logger log_;
  std::uint64_t total_ = 0;
  bool at_line_start_ = true;  // on the console
};

}  // namespace

std::unique_ptr<Renderer> make_text_renderer(const RenderOptions& options) {
  return std::make_unique<TextRenderer>(options);
}

}  // namespace stm32boot
