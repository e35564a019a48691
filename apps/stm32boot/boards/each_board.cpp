// SPDX-License-Identifier: GPL-3.0-or-later
#include "each_board.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "output/facts.hpp"
#include "output/report.hpp"
#include "sightings.hpp"
#include "sysboot/each.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::NamedBoard;
using sysboot::Note;

std::vector<std::string> columns() {
  return {"time", "board",   "serial",        "result", "error",
          "text", "seconds", "bytes_written", "image",  "image_bytes"};
}

void check(const BoardsOptions& wanted) {
  if (wanted.all) {
    throw Error(Errc::usage, "--each takes boards as they come, --all those that are there now");
  }
  if (!wanted.named.ports.empty() || !wanted.named.serials.empty()) {
    throw Error(Errc::usage,
                "--each knows boards by where they are plugged in: name USB ports with --usb");
  }
}

struct Tried {
  Row row;
  std::string serial;
};

struct Failure {
  std::string name;  // "1-4.2 (serial 326533683734)"
  std::string serial;
  Errc code;
};

class EachRun {
 public:
  EachRun(Context& context, const EachFlags& flags, const Facts& about, const BoardWork& work)
      : context_(context), flags_(flags), about_(about), work_(work) {
    if (!flags.report.empty()) report_.emplace(columns(), flags.report);
  }

  // In a thread of its own; the library has to know how it ended.
  void work_on(std::size_t number, const NamedBoard& board, const sysboot::Job& job) {
    Tried tried{stm32boot::work_on(board, job, work_), board.board->usb.serial};
    const auto problem = tried.row.outcome.problem;
    const std::lock_guard lock(mutex_);
    tried_.insert_or_assign(number, std::move(tried));
    if (problem) throw Error(*problem);
  }

  bool ended(std::size_t number, const std::optional<Error>& failure) {
    Tried tried = take(number);
    CommandResult& outcome = tried.row.outcome;
    if (failure) outcome.problem = failure;
    const bool goes_on = report(tried);
    if (!goes_on) outcome.problem = lost_report_;
    outcome.facts = facts_of(tried.row, context_.command());
    outcome.facts["serial"] = tried.serial;
    count(tried);
    context_.renderer().verdict(number, outcome, line_of(tried));
    if (flags_.bell) ring_bell();
    return goes_on;
  }

  CommandResult summary(sysboot::Duration took) const {
    CommandResult outcome;
    outcome.text =
        fmt::format("{} passed, {} failed, {}", passed_, failed_, sysboot::human_time(took));
    outcome.facts = about_;
    outcome.facts.update({{"passed", passed_}, {"failed", failed_}, {"seconds", seconds(took)}});
    outcome.problem = lost_report_ ? lost_report_ : problem();
    return outcome;
  }

 private:
  Tried take(std::size_t number) {
    const std::lock_guard lock(mutex_);
    const auto node = tried_.extract(number);
    return node ? node.mapped() : Tried{};
  }

  bool report(const Tried& tried) {
    if (!report_) return true;
    try {
      report_->add(report_line(tried));
      return true;
    } catch (const Error& error) {
      lost_report_ = error;
      return false;
    }
  }

  Facts report_line(const Tried& tried) const {
    const CommandResult& outcome = tried.row.outcome;
    const auto fact = [](const Facts& facts, std::string_view name) {
      const Facts* found = facts.find(name);
      return found ? *found : Facts(nullptr);
    };
    Facts line = {{"time", utc_time()},
                  {"board", tried.row.name},
                  {"serial", tried.serial},
                  {"result", outcome.problem ? "FAIL" : "PASS"},
                  {"error", nullptr},
                  {"text", outcome.brief},
                  {"seconds", seconds(tried.row.took)},
                  {"bytes_written", fact(outcome.facts, "bytes_written")},
                  {"image", fact(about_, "image")},
                  {"image_bytes", fact(about_, "bytes")}};
    if (outcome.problem) {
      line["error"] = to_string(outcome.problem->code());
      line["text"] = outcome.problem->text();
    }
    return line;
  }

  static std::string line_of(const Tried& tried) {
    const auto& problem = tried.row.outcome.problem;
    return fmt::format(
        "{:<8}  {:<12}  {}  {}", tried.row.name, tried.serial.empty() ? "-" : tried.serial,
        problem ? fmt::format("{}: {}", to_string(problem->code()), first_line(problem->text()))
                : tried.row.outcome.brief,
        sysboot::human_time(tried.row.took));
  }

  // What passes makes up for what it failed before.
  void count(const Tried& tried) {
    const auto& problem = tried.row.outcome.problem;
    if (!problem) {
      ++passed_;
      std::erase_if(failures_, [&](const Failure& failure) {
        return !failure.serial.empty() && failure.serial == tried.serial;
      });
      return;
    }
    ++failed_;
    const std::string name = tried.serial.empty()
                                 ? tried.row.name
                                 : fmt::format("{} (serial {})", tried.row.name, tried.serial);
    failures_.push_back({name, tried.serial, problem->code()});
  }

  std::optional<Error> problem() const {
    if (failures_.empty()) return std::nullopt;
    std::vector<std::string> names;
    Errc code = failures_.front().code;
    for (const Failure& failure : failures_) {
      if (std::find(names.begin(), names.end(), failure.name) == names.end()) {
        names.push_back(failure.name);
      }
      if (failure.code == Errc::interrupted) code = failure.code;
    }
    return Error(code, "failed and did not pass later: " + sysboot::joined(names));
  }

  Context& context_;
  const EachFlags& flags_;
  const Facts& about_;
  const BoardWork& work_;
  std::optional<Report> report_;
  std::optional<Error> lost_report_;
  std::vector<Failure> failures_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::mutex mutex_;  // guards what follows
  std::map<std::size_t, Tried> tried_;
};

}  // namespace

void EachFlags::add_to(OptionList command) {
  const Option wish = command.flag("--each", each);
  command.option("--report", report).needs(wish);
  command.flag("--bell", bell).needs(wish);
}

CommandResult on_each_board(Context& context, const EachFlags& flags, const BoardsOptions& boards,
                            const sysboot::EnterOptions& enter, const Facts& about,
                            const BoardWork& work) {
  check(boards);
  const sysboot::Job job = context.job();
  EachRun run(context, flags, about, work);
  Renderer& renderer = context.renderer();
  job.note(Note::Level::info, "each board that is plugged in is flashed; Ctrl-C ends it");
  const sysboot::TimePoint start = job.host.now();
  work_on_each(
      job, {enter.trigger, boards.named.port_paths, boards.count},
      [&](std::size_t number, const NamedBoard& board, const sysboot::Job& own) {
        run.work_on(number, board, own);
      },
      {[&](std::size_t number, const NamedBoard& board) {
         renderer.begin_board(number, board.name);
       },
       [&](std::size_t number, const sysboot::Event& event) {
         renderer.board_event(number, event);
       },
       [&](std::size_t number, const std::optional<Error>& failure) {
         return run.ended(number, failure);
       },
       [&](const sysboot::Sighting& seen) {
         renderer.event(Note{Note::Level::info, "left out: " + describe_beside_each(seen)});
       }});
  return run.summary(job.host.now() - start);
}

}  // namespace stm32boot
