// SPDX-License-Identifier: GPL-3.0-or-later
#include "board_row.hpp"

#include <fmt/core.h>

#include "output/facts.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::Job;
using sysboot::NamedBoard;

const char* state_of(const std::optional<sysboot::Board>& board) {
  if (!board) return "it is not on the bus";
  return board->mode == sysboot::BoardMode::dfu ? "it is in DFU mode" : "it runs its application";
}

// Who stops several boards wants to know what has become of each.
Error with_state(const Error& error, const NamedBoard& board, sysboot::Host& host) {
  if (error.code() != Errc::interrupted || !board.board) return error;
  const auto now = board_at(host, board.board->port_path());
  return {error.code(), fmt::format("{}; {}", error.text(), state_of(now)), error.context()};
}

}  // namespace

Row work_on(const NamedBoard& board, const Job& job, const BoardWork& work) {
  Row row{board.name, {}, {}};
  const sysboot::TimePoint start = job.host.now();
  try {
    row.outcome = work(job, board.selector);
  } catch (const Error& error) {
    row.outcome.problem = with_state(error, board, job.host);
  }
  row.took = job.host.now() - start;
  return row;
}

Facts facts_of(const Row& row, const std::string& command) {
  Facts object = {{"board", row.name},
                  {"ok", !row.outcome.problem},
                  {"exit", row.outcome.code()},
                  {"command", command}};
  object.update(row.outcome.facts);
  if (!object.find("seconds")) object["seconds"] = seconds(row.took);
  if (row.outcome.problem) object["error"] = to_facts(*row.outcome.problem, command);
  object["remarks"] = row.outcome.remarks;
  return object;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace stm32boot
