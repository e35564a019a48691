// SPDX-License-Identifier: GPL-3.0-or-later
#include "on_boards.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "board_row.hpp"
#include "output/facts.hpp"
#include "sightings.hpp"
#include "sysboot/several.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::AllBoards;
using sysboot::Errc;
using sysboot::Error;
using sysboot::Job;
using sysboot::NamedBoard;
using sysboot::Note;

void check(const BoardsOptions& wanted) {
  const std::size_t names = wanted.named.each().size();
  if (wanted.all && names > 0) {
    throw Error(Errc::usage, "--all takes every board; --port, --usb and --serial name some");
  }
  if (wanted.count > 0 && names > 0 && names != wanted.count) {
    throw Error(Errc::usage, fmt::format("--count {}, but {} board{} named", wanted.count, names,
                                         names == 1 ? " is" : "s are"));
  }
}

// The library says which boards it left out; what to type is for the program to say.
AllBoards await(const Job& job, const BoardsOptions& wanted, const sysboot::EnterOptions& enter) {
  try {
    return sysboot::await_boards(job, enter.trigger, wanted.count, enter.back_within);
  } catch (const Error& error) {
    if (error.code() != Errc::no_board) throw;
    std::string text = error.text();
    for (const auto& seen : sysboot::all_boards(job.host, enter.trigger).left_out) {
      const std::string cure = cure_beside_all(seen);
      if (!cure.empty()) text += fmt::format("\n  {}: {}", seen.board->port_path(), cure);
    }
    throw Error(error.code(), text, error.context());
  }
}

AllBoards all_of(const Job& job, const BoardsOptions& wanted, const sysboot::EnterOptions& enter) {
  if (wanted.count > 0) return await(job, wanted, enter);
  AllBoards all = sysboot::all_boards(job.host, enter.trigger);
  if (!wanted.are_in_dfu_mode) return all;
  std::erase_if(all.taken, [&](const sysboot::Board& board) {
    const bool runs = board.mode == sysboot::BoardMode::application;
    if (runs) all.left_out.push_back({board.describe(), "runs its application already"});
    return runs;
  });
  return all;
}

std::vector<NamedBoard> gather_all(const Job& job, const BoardsOptions& wanted,
                                   const sysboot::EnterOptions& enter) {
  const AllBoards all = all_of(job, wanted, enter);
  std::vector<std::string> others;
  for (const auto& seen : all.left_out) others.push_back("left out: " + describe_beside_all(seen));
  if (all.taken.empty()) {
    throw Error(Errc::no_board,
                fmt::format("no board is there for --all{}{}", others.empty() ? "" : "\n  ",
                            sysboot::joined(others, "\n  ")));
  }
  for (const auto& other : others) job.note(Note::Level::info, other);
  std::vector<NamedBoard> boards;
  for (const auto& board : all.taken) boards.push_back(sysboot::named(board));
  return boards;
}

// One line for each, beside those that are worked on.
std::string seen_beside(const std::vector<NamedBoard>& chosen, sysboot::Host& host) {
  std::string text;
  for (const auto& seen : look_around(host)) {
    const bool is_chosen = std::any_of(chosen.begin(), chosen.end(), [&](const NamedBoard& one) {
      return seen.board && one.board && one.board->port_path() == seen.board->port_path();
    });
    if (!is_chosen) text += "\n  seen: " + describe(seen);
  }
  return text;
}

std::vector<NamedBoard> gather_named(const Job& job, const BoardsOptions& wanted,
                                     const sysboot::EnterOptions& enter) {
  const auto selectors = wanted.named.each();
  std::vector<NamedBoard> boards;
  const auto all_there = [&] {
    boards = sysboot::named(job.host, selectors);
    return std::all_of(boards.begin(), boards.end(),
                       [](const NamedBoard& board) { return board.board.has_value(); });
  };
  if (wanted.count == 0) {
    all_there();
    return boards;
  }
  if (job.wait_until(job.host.now() + enter.back_within, all_there)) return boards;
  std::string text = "not there within " + sysboot::human_time(enter.back_within) + ":";
  for (const auto& board : boards) {
    if (!board.board) text += "\n  " + board.name;
  }
  throw Error(Errc::no_board, text + seen_beside(boards, job.host));
}

std::vector<Row> work_on_all(Context& context, const std::vector<NamedBoard>& boards,
                             const BoardWork& work) {
  Renderer& renderer = context.renderer();
  std::vector<Row> rows;
  std::vector<std::string> names;
  for (const auto& board : boards) {
    rows.push_back({board.name, {}, {}});
    names.push_back(board.name);
  }
  renderer.begin_boards(names);
  work_on_several(
      context.job(), boards.size(),
      [&](std::size_t number, const Job& job) {
        rows[number] = work_on(boards[number], job, work);
      },
      [&](std::size_t number, const sysboot::Event& event) { renderer.board_event(number, event); },
      [&](std::size_t number, const std::optional<Error>& failure) {
        CommandResult& outcome = rows[number].outcome;
        if (failure) outcome.problem = failure;
        outcome.facts = facts_of(rows[number], context.command());
        renderer.board_ended(number, outcome);
      });
  return rows;
}

std::string table_of(const std::vector<Row>& rows) {
  std::size_t width = std::string_view("BOARD").size();
  for (const Row& row : rows) width = std::max(width, row.name.size());
  std::string text = fmt::format("{:<{}}  {:>8}  RESULT\n", "BOARD", width, "TIME");
  for (const Row& row : rows) {
    const auto& problem = row.outcome.problem;
    text += fmt::format(
        "{:<{}}  {:>8}  {}\n", row.name, width, sysboot::human_time(row.took),
        problem ? fmt::format("{}: {}", to_string(problem->code()), first_line(problem->text()))
                : row.outcome.brief);
  }
  return text;
}

// Ctrl-C stops all of them, whatever happened to one before.
std::optional<Error> problem_of(const std::vector<Row>& rows) {
  std::vector<std::string> failed;
  std::optional<Errc> code;
  for (const Row& row : rows) {
    if (!row.outcome.problem) continue;
    failed.push_back(row.name);
    const Errc its = row.outcome.problem->code();
    if (!code || its == Errc::interrupted) code = its;
  }
  if (!code) return std::nullopt;
  return Error(*code, fmt::format("{} of {} failed: {}", failed.size(),
                                  sysboot::counted(rows.size(), "board"), sysboot::joined(failed)));
}

bool was_not_there(const Row& row) {
  return row.outcome.problem && row.outcome.problem->code() == Errc::no_board;
}

CommandResult summary(const std::vector<Row>& rows, sysboot::Duration took) {
  CommandResult outcome;
  outcome.problem = problem_of(rows);
  const auto done =
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return !row.outcome.problem; });
  outcome.text = table_of(rows) + fmt::format("{} of {} done, {}", done,
                                              sysboot::counted(rows.size(), "board"),
                                              sysboot::human_time(took));
  outcome.facts = {{"boards", Facts::list()}, {"seconds", seconds(took)}};
  for (const Row& row : rows) {
    outcome.facts["boards"].push_back(row.outcome.facts);
    for (const auto& remark : row.outcome.remarks) {
      const auto& said = outcome.remarks;
      if (std::find(said.begin(), said.end(), remark) == said.end()) {
        outcome.remarks.push_back(remark);
      }
    }
  }
  return outcome;
}

}  // namespace

void BoardsOptions::add_all_to(OptionList command, const std::string& help) {
  command.flag("--all", all, help);
}

void BoardsOptions::add_to(OptionList command) {
  named.add_to(command);
  add_all_to(command);
  command.option("--count", count).from_to(1, 1000);
}

CommandResult on_boards(Context& context, const BoardsOptions& boards,
                        const sysboot::EnterOptions& enter, const BoardWork& work) {
  if (!boards.are_several()) return work(context.job(), boards.named.one());
  check(boards);
  const Job job = context.job();
  const bool are_named = !boards.named.each().empty();
  const auto chosen = are_named ? gather_named(job, boards, enter) : gather_all(job, boards, enter);
  const sysboot::TimePoint start = job.host.now();
  const auto rows = work_on_all(context, chosen, work);
  CommandResult outcome = summary(rows, job.host.now() - start);
  if (are_named && std::any_of(rows.begin(), rows.end(), was_not_there)) {
    const Error problem = *outcome.problem;
    outcome.problem = Error(problem.code(), problem.text() + seen_beside(chosen, job.host));
  }
  return outcome;
}

}  // namespace stm32boot
