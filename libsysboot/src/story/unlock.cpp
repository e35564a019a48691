// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/unlock.hpp"

#include <fmt/core.h>

#include "dfuse/session.hpp"
#include "step/dfu_stay.hpp"
#include "step/follow.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

bool is_protected(DfuseSession& dfu) {
  try {
    Bytes word(4);
    dfu.read_block(dfu.layout().runs.front().address, word);
    return false;
  } catch (const Error& error) {
    if (error.code() != Errc::read_protected) throw;
    dfu.recover();  // a device that keeps its error refuses the next command, too
    return true;
  }
}

// Never sent again before a look at what became of it. Where the answer was lost, the device may
// have reset in the meantime: what comes back tells.
void lift_protection(const Job& job, DfuseSession& dfu) {
  bool is_in_doubt = false;
  try {
    with_restarts(job, dfu, [&] {
      if (is_in_doubt && !is_protected(dfu)) return;
      try {
        dfu.read_unprotect();
      } catch (const Error& error) {
        is_in_doubt = error.code() == Errc::usb_io;
        throw;
      }
    });
  } catch (const Error& error) {
    if (!is_in_doubt || error.code() != Errc::board_gone) throw;
  }
}

// A reset looks like a pulled cable, so what came back tells. A device that did not leave is asked
// all the same.
Board what_came_back(const Job& job, const Board& board, Duration back_within) {
  const Returned returned = follow_into_application(job, board, back_within);
  if (!returned.left) return board;
  if (!returned.board) {
    throw Error(Errc::not_proved,
                fmt::format("it reset and did not come back within {}: if it was unlocked, its "
                            "flash is empty, and most chips then only come back with BOOT0 held",
                            human_time(back_within)));
  }
  if (returned.board->mode != BoardMode::dfu) {
    throw Error(Errc::read_protected,
                "nothing was unlocked: its application came back, which unlocking would have "
                "erased");
  }
  require_same_rom(board, *returned.board);  // another one is easily empty
  return *returned.board;
}

std::vector<Sector> readable_sectors(const MemoryLayout& flash) {
  std::vector<Sector> sectors = flash.sectors();
  std::erase_if(sectors, [](const Sector& sector) { return !sector.access.readable; });
  return sectors;
}

// How many bytes were read: all that can be.
std::uint64_t require_unlocked(const Job& job, const Board& board) {
  DfuseSession dfu = open_session(job, board);
  require_readable(dfu);
  const auto sectors = readable_sectors(dfu.layout());
  if (sectors.empty()) throw Error(Errc::protocol, "none of its flash can be read");
  std::uint64_t bytes = 0;
  try {
    with_restarts(job, dfu, [&] {
      if (is_protected(dfu)) throw Error(Errc::protocol, "it is still read-protected");
      bytes = check_empty(job, dfu, sectors);
    });
    return bytes;
  } catch (const Error& error) {
    if (error.code() != Errc::mismatch) throw;
    throw Error(Errc::protocol, "it is no longer read-protected; " + error.text());
  }
}

}  // namespace

std::optional<Error> UnlockResult::problem() const {
  return run ? run->problem() : std::nullopt;
}

UnlockResult unlock(const Job& job, const Selector& selector, const UnlockOptions& options) {
  DfuStay stay(job, selector, options.visit);
  UnlockResult result;
  result.entered = stay.entered();
  bool is_unchanged = true;
  stay.work(
      [&](DfuseSession& dfu) {
        with_restarts(job, dfu, [&] { result.was_protected = is_protected(dfu); });
        if (!result.was_protected || !options.confirm({stay.board(), dfu.layout()})) return;
        is_unchanged = false;
        expect_reboot(job.host, stay.board());
        lift_protection(job, dfu);
      },
      [&] { return is_unchanged; });
  if (is_unchanged) {
    result.run = stay.leave_as_found().run;
  } else {
    stay.named([&] {
      result.board = what_came_back(job, stay.board(), options.back_within);
      result.bytes_read = require_unlocked(job, *result.board);
    });
    result.unlocked = true;
  }
  result.took = stay.took();
  return result;
}

}  // namespace sysboot
