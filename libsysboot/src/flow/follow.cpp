// SPDX-License-Identifier: GPL-3.0-or-later
#include "follow.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/identity.hpp"

namespace sysboot {
namespace {

// A device that leaves does so within ms; ROMs that reset instead of leaving need longer.
constexpr Duration leaves_within = std::chrono::seconds(5);
constexpr Duration ports_within = std::chrono::seconds(2);

std::vector<Board> new_dfu_boards(Host& host, const BusBefore& before) {
  auto boards = list_boards(host);
  std::erase_if(boards, [&](const Board& board) {
    return board.mode != BoardMode::dfu || before.dfu_port_paths.contains(board.port_path());
  });
  return boards;
}

// Another thread or process may be after the same board, with better right: it holds the lock.
bool try_lock(Host& host, const std::string& port_path, Locks& locks) {
  try {
    locks.push_back(host.lock_board(port_path));
    return true;
  } catch (const Error& error) {
    if (error.code() != Errc::busy) throw;
    return false;
  }
}

// Our board as a DFU device: at its port path; or elsewhere, when its serial number says so (a bus
// that is tunnelled renumbers). Serial numbers alone prove little: clones share them, and those of
// neighbours on a wafer may differ by just what some ROMs add. Where the host knows no port paths,
// the only new one must do.
std::optional<Board> our_dfu_board(Host& host, const BusBefore& before, Locks& locks) {
  auto boards = new_dfu_boards(host, before);
  for (const auto& board : boards) {
    if (board.port_path() == before.board.port_path()) return board;
  }
  for (const auto& board : boards) {
    const SerialMatch match = match_serials(before.board.usb.serial, board.usb.serial);
    const bool fits = match == SerialMatch::equal || match == SerialMatch::offset;
    const bool is_new_there = !before.port_paths.contains(board.port_path());
    if (fits && is_new_there && try_lock(host, board.port_path(), locks)) return board;
  }
  if (before.board.port_path().empty() && boards.size() == 1) return boards.front();
  return std::nullopt;
}

// The same firmware shows the same serial number, unless somebody has swapped boards.
void require_same_board(const Board& before, const Board& back) {
  const std::string& was = before.usb.serial;
  const std::string& is = back.usb.serial;
  if (was.empty() || is.empty() || was == is) return;
  throw Error(Errc::board_gone,
              fmt::format("another board is at its USB port now: serial number {}, not {}",
                          printable(is), printable(was)),
              "board " + before.port_path());
}

}  // namespace

BusBefore look_before(Host& host, const Board& board) {
  BusBefore before{board, {}, {}};
  for (const auto& device : host.usb_devices()) {
    before.port_paths.insert(device.port_path);
    if (device.is_in_dfu_mode()) before.dfu_port_paths.insert(device.port_path);
  }
  return before;
}

Followed follow_into_dfu(const Job& job, const BusBefore& before, const EnterOptions& options,
                         Locks& locks) {
  const TimePoint fired = job.host.now();
  Followed result;
  bool gone = false;
  const auto look = [&] {
    if ((result.board = our_dfu_board(job.host, before, locks))) {
      result.outcome = Outcome::entered;
      return true;
    }
    const auto here = board_at(job.host, before.board.port_path());
    const bool rebooted = here && (gone || here->usb.address != before.board.usb.address);
    if (rebooted) {
      const bool is_loader = here->mode != BoardMode::application;
      if (!is_loader) require_same_board(before.board, *here);
      result = {is_loader ? Outcome::entered : Outcome::bounced, here};
      return true;
    }
    gone = gone || !here;
    return false;
  };
  const auto look_while_there = [&] { return look() || gone; };
  if (!job.wait_until(fired + options.gone_within, look_while_there)) {
    return {Outcome::ignored, before.board};
  }
  if (result.board) return result;
  if (job.wait_until(job.host.now() + options.back_within, look)) return result;
  return {Outcome::lost, {}};
}

std::vector<Board> strangers(Host& host, const BusBefore& before,
                             const std::optional<Board>& ours) {
  auto boards = new_dfu_boards(host, before);
  std::erase_if(boards, [&](const Board& board) {
    return (ours && board.port_path() == ours->port_path()) || host.is_locked(board.port_path());
  });
  return boards;
}

Returned follow_into_application(const Job& job, const Board& dfu_board, Duration back_within) {
  Returned result;
  const auto same_device = [&] {
    const auto here = board_at(job.host, dfu_board.port_path());
    return here && here->usb.address == dfu_board.usb.address;
  };
  result.left = job.wait_until(job.host.now() + leaves_within, [&] { return !same_device(); });
  if (!result.left) return result;
  job.wait_until(job.host.now() + back_within, [&] {
    result.board = board_at(job.host, dfu_board.port_path());
    return result.board.has_value();
  });
  if (result.board) result.board = settled(job, *result.board, 1);
  return result;
}

Board settled(const Job& job, const Board& board, std::size_t ports_before) {
  Board latest = board;
  if (ports_before == 0) return latest;
  // A device appears first, its interfaces follow, and its port a moment later; devices without one
  // are fine, too.
  const auto will_have_ports = [&] {
    const auto& all = latest.usb.interfaces;
    return all.empty() || std::any_of(all.begin(), all.end(), [](const UsbInterface& i) {
             return i.class_code == 0x02 || i.class_code == 0x0A;
           });
  };
  job.wait_until(job.host.now() + ports_within, [&] {
    if (const auto now = board_at(job.host, board.port_path())) latest = *now;
    return latest.ports.size() >= ports_before || !will_have_ports();
  });
  return latest;
}

}  // namespace sysboot
