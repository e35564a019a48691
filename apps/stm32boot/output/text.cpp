// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "bar.hpp"
#include "error_table.hpp"
#include "renderer.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Note;
using sysboot::StageBegin;
using sysboot::StageEnd;
using sysboot::StageProgress;
using sysboot::Transfer;

using Clock = std::chrono::steady_clock;

constexpr int text_width = 48;

// Log lines go above the progress bar.
class TerminalSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit TerminalSink(Terminal& terminal) : terminal_(terminal) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    terminal_.line({{{text.data(), text.size()}, Style::faint}});
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
  if (!transfer.data.empty()) text += ": " + sysboot::hex_bytes(transfer.data);
  return text;
}

std::string label(sysboot::Stage stage) {
  const std::string_view word = stage == sysboot::Stage::find ? "board" : to_string(stage);
  return fmt::format("{:<9}", word);
}

// A board, and what its bar shows. A single board needs no name.
struct BarRow {
  std::string name;
  std::uint64_t total = 0;  // of the stage it is in
  Clock::time_point began;  // that stage
  std::string bar;
  bool ended = false;

  bool is_single() const { return name.empty(); }
};

class TextRenderer : public Renderer {
 public:
  explicit TextRenderer(const RenderOptions& options)
      : options_(options),
        terminal_(options.color, options.progress),
        log_(make_logger(terminal_, options.verbosity)) {}

  void event(const sysboot::Event& event) override { tell(single_, event); }

  void begin_boards(const std::vector<std::string>& names) override {
    rows_.clear();
    for (const auto& name : names) add_row(rows_.size(), name);
  }

  void begin_board(std::size_t number, const std::string& name) override {
    come_one_by_one_ = true;
    add_row(number, name);
  }

  void board_event(std::size_t number, const sysboot::Event& event) override {
    tell(rows_.at(number), event);
  }

  void board_ended(std::size_t number, const CommandResult& outcome) override {
    BarRow& row = rows_.at(number);
    row.ended = true;
    if (outcome.problem) {
      const sysboot::Error& error = *outcome.problem;
      const bool is_known = error.context() == "board " + row.name;
      print_error(error, is_known ? error.text() : error.what(), prefix(row));
    } else if (!options_.quiet && !terminal_.draws_bars()) {
      terminal_.line({{prefix(row)}, {outcome.brief}});
    }
    row.bar = prefix(row) + (outcome.problem ? "failed" : outcome.brief);
    if (!options_.quiet) show_bars(true);
  }

  void verdict(std::size_t number, const CommandResult& outcome, const std::string& text) override {
    const std::string board = prefix(rows_.at(number));
    rows_.erase(number);
    terminal_.clear_bars();
    if (!options_.quiet) {
      terminal_.verdict(!outcome.problem, (outcome.problem ? "FAIL  " : "PASS  ") + text);
      if (outcome.problem) print_hints(*outcome.problem);
    } else if (outcome.problem) {
      print_error(*outcome.problem, outcome.problem->text(), board);
    }
    if (!options_.quiet && !rows_.empty()) show_bars(true);
  }

  void console(const ConsoleText& said) override {
    if (at_line_start_ && !said.time.empty()) std::cout << said.time << ' ';
    at_line_start_ = said.text.ends_with('\n');
    std::cout << said.text << std::flush;
    if (!std::cout) {
      throw sysboot::Error(sysboot::Errc::cannot_write_output, "cannot write to standard output");
    }
  }

  void result(const CommandResult& outcome) override {
    terminal_.clear_bars();
    if (!outcome.text.empty() && !options_.quiet) {
      terminal_.result(with_mark(outcome.text), outcome.marks);
    }
    is_told_ = true;
  }

  void finish(const CommandResult& outcome) override {
    terminal_.clear_bars();
    if (!options_.quiet) {
      for (const auto& remark : outcome.remarks) terminal_.line({{remark}});
    }
    if (outcome.problem) print_error(*outcome.problem, with_mark(outcome.problem->what()));
    if (!is_told_) result(outcome);
    const bool is_silent = outcome.text.empty() && !outcome.problem;
    if (is_silent && options_.is_virtual && !options_.quiet) terminal_.line({{"virtual board"}});
    rows_.clear();
    single_ = {};
    name_width_ = 0;
    come_one_by_one_ = false;
    explained_.clear();
    is_told_ = false;
  }

 private:
  // The last line must say it, and a table's rows must stay as they are.
  std::string with_mark(const std::string& text) const {
    if (!options_.is_virtual) return text;
    return text + (text.find('\n') == std::string::npos ? "; virtual board" : "\nvirtual board");
  }

  void add_row(std::size_t number, const std::string& name) {
    rows_[number] = {name, 0, {}, {}, false};
    name_width_ = std::max(name_width_, name.size());
  }

  std::string prefix(const BarRow& row) const {
    return row.is_single() ? std::string() : fmt::format("{:<{}}  ", row.name, name_width_);
  }

  void tell(BarRow& row, const sysboot::Event& event) {
    std::visit([&](const auto& specific) { on(row, specific); }, event);
  }

  void on(BarRow& row, const StageBegin& begin) {
    row.total = begin.total;
    row.began = Clock::now();
    if (row.total > 0) draw(row, begin.stage, 0);
  }

  void on(BarRow& row, const StageProgress& progress) {
    if (row.total > 0) draw(row, progress.stage, progress.done);
  }

  void on(BarRow& row, const StageEnd& end) {
    if (row.is_single()) terminal_.clear_bars();
    if (options_.quiet || end.text.empty()) return;
    const bool timed = end.took > sysboot::Duration::zero() && end.stage != sysboot::Stage::find &&
                       end.stage != sysboot::Stage::enter && end.stage != sysboot::Stage::run;
    const std::string text =
        timed ? fmt::format("{:<{}}{:>8}", end.text, text_width, sysboot::human_time(end.took))
              : end.text;
    if (!row.is_single() && terminal_.draws_bars()) {
      row.bar = prefix(row) + label(end.stage) + text;
      show_bars(true);
    } else if (!come_one_by_one_ || options_.verbosity > 0) {
      terminal_.line({{prefix(row)}, {label(end.stage), Style::bold}, {text}});
    }
  }

  void on(BarRow& row, const Note& note) {
    switch (note.level) {
      case Note::Level::debug: log_.debug(prefix(row) + note.text); break;
      case Note::Level::info:
        if (!options_.quiet) terminal_.line({{prefix(row)}, {note.text}});
        break;
      case Note::Level::warning:
        terminal_.line({{prefix(row)}, {"warning: ", Style::warning}, {note.text}});
        break;
    }
  }

  void on(BarRow& row, const Transfer& transfer) {
    if (log_.should_log(spdlog::level::trace)) log_.trace(prefix(row) + describe(transfer));
  }

  void draw(BarRow& row, sysboot::Stage stage, std::uint64_t done) {
    if (options_.quiet || !terminal_.draws_bars()) return;
    const std::string name = prefix(row) + label(stage);
    const std::size_t room = terminal_.width() - std::min(name.size() + 1, terminal_.width());
    const auto elapsed = std::chrono::duration_cast<sysboot::Duration>(Clock::now() - row.began);
    row.bar = name + bar_text(done, row.total, elapsed, room);
    show_bars(false);
  }

  // Where not all of them fit, those that are still at work.
  void show_bars(bool must_be_seen) {
    if (rows_.empty()) return terminal_.bars({single_.bar}, must_be_seen);
    const bool all_fit = rows_.size() <= terminal_.most_bars();
    std::vector<std::string> bars;
    std::size_t hidden = 0;
    for (const auto& [number, row] : rows_) {
      if (row.bar.empty() || (row.ended && !all_fit)) continue;
      if (all_fit || bars.size() + 1 < terminal_.most_bars()) {
        bars.push_back(row.bar);
      } else {
        ++hidden;
      }
    }
    if (hidden > 0) bars.push_back(fmt::format("and {} more", hidden));
    terminal_.bars(std::move(bars), must_be_seen);
  }

  // Each hint once, however many boards it is for.
  void print_error(const sysboot::Error& error, const std::string& text,
                   const std::string& prefix = {}) {
    terminal_.line({{prefix}, {"error: ", Style::error}, {text}});
    print_hints(error);
  }

  void print_hints(const sysboot::Error& error) {
    for (const auto& hint : hints(error, options_.command)) {
      if (!explained_.insert(hint).second) continue;
      terminal_.line({{"  hint: ", Style::faint}, {hint}});
    }
    if (options_.command == "doctor") return;
    const std::string more = more_about(error.code());
    if (more.empty() || !explained_.insert(more).second) return;
    terminal_.line({{"  more: ", Style::faint}, {more}});
  }

  RenderOptions options_;
  Terminal terminal_;
  spdlog::logger log_;
  bool at_line_start_ = true;  // on the console
  BarRow single_;
  std::map<std::size_t, BarRow> rows_;  // of several boards, by number
  bool come_one_by_one_ = false;        // what each does is on its bar alone
  std::size_t name_width_ = 0;
  std::set<std::string> explained_;
  bool is_told_ = false;
};

}  // namespace

std::unique_ptr<Renderer> make_text_renderer(const RenderOptions& options) {
  return std::make_unique<TextRenderer>(options);
}

}  // namespace stm32boot
