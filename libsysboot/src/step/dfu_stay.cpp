// SPDX-License-Identifier: GPL-3.0-or-later
#include "dfu_stay.hpp"

#include <algorithm>
#include <iterator>

#include "dfuse/session.hpp"
#include "follow.hpp"
#include "start.hpp"

namespace sysboot {
namespace {

// A read-protected device refuses whatever would change it.
bool may_restore(const Error& error, const std::function<bool()>& is_unchanged) {
  if (error.code() == Errc::board_gone || error.code() == Errc::interrupted) return false;
  return error.code() == Errc::read_protected || is_unchanged();
}

Board find_for(const Job& job, const Selector& selector, const VisitOptions& how) {
  check_way_into_dfuse(how.enter);
  return find(job, selector, how.enter.trigger.firmware);
}

}  // namespace

DfuStay::DfuStay(const Job& job, const Selector& selector, const VisitOptions& how,
                 const std::function<void(const Board&)>& check)
    : DfuStay(job, find_for(job, selector, how), selector, how, check) {}

DfuStay::DfuStay(const Job& job, const Board& found, const Selector& selector,
                 const VisitOptions& how, const std::function<void(const Board&)>& check)
    : job_(job), selector_(selector), how_(how), start_(job.host.now()) {
  if (check) check(found);
  locks_ = lock(job, found);
  entered_ = enter(found);
  board_ = entered_.require();
  require_dfuse(board_);
  open();
}

void DfuStay::work(const Work& work, const std::function<bool()>& is_unchanged) {
  named([&] {
    try {
      work(*dfu_);
    } catch (const Error& error) {
      if (ends_in_application() && may_restore(error, is_unchanged)) restore_application();
      throw;
    }
  });
}

void DfuStay::look(const Work& work) {
  this->work([&](DfuseSession& dfu) { with_restarts(job_, dfu, [&] { work(dfu); }); },
             [] { return true; });
}

RunResult DfuStay::leave(std::uint32_t address) {
  return named([&] { return leave_and_follow(job_, std::move(*dfu_), address, how_.run); });
}

// A read-protected device may stay, whatever it is told; what was asked for is done all the same.
Visit DfuStay::leave_as_found() {
  std::optional<RunResult> run;
  try {
    if (ends_in_application()) run = named([&] { return start_again(job_, *dfu_, how_.run); });
  } catch (const Error& error) {
    if (error.code() != Errc::read_protected) throw;
    job_.note(Note::Level::warning, std::string("starting its application again: ") + error.what());
  }
  return {entered_, run, took()};
}

void DfuStay::open() {
  dfu_.reset();
  dfu_.emplace(open_session(job_, board_));
}

void DfuStay::enter_again(const Board& back) {
  const EnterResult entered = enter(back);
  const Board& again = entered.require();
  require_same_rom(board_, again);
  board_ = again;
}

EnterResult DfuStay::enter(const Board& board) {
  Entered entered = enter_board(job_, board, selector_, how_.enter);
  std::move(entered.locks.begin(), entered.locks.end(), std::back_inserter(locks_));
  return std::move(entered.result);
}

bool DfuStay::ends_in_application() const {
  return entered_.outcome == Outcome::entered && !how_.stay;
}

// A device that does not come to dfuIDLE is not asked for more, so this ends soon in any case.
void DfuStay::restore_application() {
  try {
    dfu_->recover();
    start_again(job_, *dfu_, how_.run);
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) throw;
    job_.note(Note::Level::warning, std::string("starting its application again: ") + error.what());
  }
}

}  // namespace sysboot
