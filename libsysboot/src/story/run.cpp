// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include "dfuse/session.hpp"
#include "step/dfu_stay.hpp"
#include "step/follow.hpp"
#include "step/stage_clock.hpp"
#include "step/start.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

std::string tell_outcome(const RunResult& result) {
  if (!result.left) return "the board did not leave DFU mode";
  if (!result.waited) return "started";
  if (!result.board) {
    return "nothing came back within " + human_time(result.back_within);
  }
  if (result.board->mode == BoardMode::dfu) return "the bootloader came back, not the application";
  const std::string where =
      result.board->ports.empty() ? std::string() : " on " + result.board->ports.front().path;
  return fmt::format("application back{} after {}", where, human_time(result.took));
}

void require_program(const Job& job, DfuStay& stay, std::uint32_t address, bool force) {
  stay.named([&] {
    const FirstWords words = look_at_program(job, stay.dfu(), address);
    const Error no_program(Errc::no_program, words.problem);
    if (words.are_erased) throw no_program;
    if (words.start_nothing() && !force) throw no_program.unless_forced();
  });
}

}  // namespace

std::optional<Error> RunResult::problem() const {
  const bool is_back = board && board->mode == BoardMode::application;
  if (is_back || (left && !waited)) return std::nullopt;
  return Error(Errc::application_missing, tell_outcome(*this));
}

std::optional<Error> FlashResult::problem() const {
  return run ? run->problem() : std::nullopt;
}

std::optional<Error> Visit::problem() const {
  return run ? run->problem() : std::nullopt;
}

RunResult leave_and_follow(const Job& job, DfuseSession dfu, std::uint32_t address,
                           const RunOptions& options) {
  StageClock clock(job, Stage::run);
  const Board dfu_board{dfu.description().usb, BoardMode::dfu, {}};
  {
    DfuseSession session = std::move(dfu);  // closed before the board is awaited
    expect_reboot(job.host, dfu_board);
    session.leave(address);
  }
  const auto returned = follow_into_application(
      job, dfu_board, options.wait ? options.back_within : Duration::zero());
  RunResult result{address,      returned.left,       returned.board,
                   options.wait, options.back_within, clock.stop()};
  clock.end(tell_outcome(result), {.board = result.board, .left = result.left});
  return result;
}

void check_start(std::uint32_t address) {
  if (address % 4 == 0) return;
  throw Error(Errc::usage,
              fmt::format("no program starts at {}, which is not a multiple of 4", hex32(address)));
}

RunResult run(const Job& job, const Selector& selector, std::uint32_t address,
              const RunOptions& options) {
  check_start(address);
  const Board board = find_in_dfu_mode(
      job, selector, "it runs its application already; only a board in DFU mode can be run");
  DfuStay stay(job, board, selector, {{}, options});
  require_program(job, stay, address, options.force);
  return stay.leave(address);
}

Visit restart(const Job& job, const Selector& selector, const VisitOptions& options) {
  DfuStay stay(job, selector, options);
  require_program(job, stay, flash_base, options.run.force);
  const RunResult run = stay.leave(flash_base);
  return {stay.entered(), run, stay.took()};
}

}  // namespace sysboot
