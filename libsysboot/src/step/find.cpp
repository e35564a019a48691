// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "board/reboots.hpp"
#include "core/patience.hpp"
#include "core/timing.hpp"
#include "stage_clock.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// A board that an earlier run sent on its way may not have arrived yet.
bool is_expected(Host& host, const Selector& selector) {
  const auto records = host.reboots();
  return std::any_of(records.begin(), records.end(), [&](const RebootRecord& record) {
    const bool port_fits =
        selector.port.empty() ||
        std::find(record.ports.begin(), record.ports.end(), selector.port) != record.ports.end();
    const bool path_fits = selector.port_path.empty() || selector.port_path == record.port_path;
    const bool serial_fits = selector.serial.empty() || selector.serial == record.serial;
    return port_fits && path_fits && serial_fits && is_on_its_way(host, record);
  });
}

void forget_void_records(Host& host) {
  const auto records = host.reboots();
  if (records.empty()) return;
  const auto bus = host.usb_devices();
  for (const RebootRecord& record : records) {
    if (is_void(record, bus)) host.forget_reboot(record.port_path);
  }
}

Board find_or_await(const Job& job, const Selector& selector, std::string_view firmware) {
  std::optional<Board> board;
  std::optional<Error> error;
  const auto look = [&] {
    try {
      board = find_board(job.host, selector, firmware);
    } catch (const Error& caught) {
      if (caught.code() != Errc::no_board) throw;
      error = caught;
    }
    return board.has_value();
  };
  if (look()) return *board;
  if (is_expected(job.host, selector)) {
    job.note(Note::Level::info, "waiting for the board that was rebooted earlier");
    if (job.wait_until(job.host.now() + timing::board_arrives, look)) return *board;
  } else if (!selector.port.empty() &&
             job.wait_until(job.host.now() + timing::access_settles, look)) {
    return *board;
  }
  throw *error;
}

}  // namespace

Board find(const Job& job, const Selector& selector, std::string_view firmware) {
  StageClock clock(job, Stage::find);
  forget_void_records(job.host);
  Board board = find_or_await(job, selector, firmware);
  clock.end(board.describe(), {.board = board});
  return board;
}

std::optional<Board> find_if_there(const Job& job, const Selector& selector,
                                   std::string_view firmware) {
  try {
    return find(job, selector, firmware);
  } catch (const Error& error) {
    if (error.code() != Errc::no_board || !selector.empty()) throw;
    return std::nullopt;
  }
}

Board find_in_dfu_mode(const Job& job, const Selector& selector, const std::string& otherwise) {
  Board board = find(job, selector);
  require_dfuse(board);
  if (board.mode == BoardMode::dfu) return board;
  throw Error(Errc::not_in_dfu_mode, otherwise, "board " + board.port_path());
}

}  // namespace sysboot
