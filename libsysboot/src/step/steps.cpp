// SPDX-License-Identifier: GPL-3.0-or-later
#include "steps.hpp"

#include <fmt/core.h>

#include "board/loader.hpp"
#include "core/restarts.hpp"
#include "dfuse/session.hpp"
#include "stage_clock.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

std::string sectors_text(std::size_t count, std::uint64_t bytes) {
  return fmt::format("{}, {}", counted(count, "sector"), human_size(bytes));
}

}  // namespace

void check_way_into_dfuse(const EnterOptions& options) {
  check_options(options);
  if (options.trigger.firmware.empty()) return;
  const Profile& profile = find_profile(options.trigger.firmware);
  if (profile.is_flashable()) return;
  throw Error(Errc::usage, fmt::format("{} reboots into {}, which does not speak ST's DfuSe: it "
                                       "can be entered, and nothing else",
                                       profile.name, profile.loaders.front().text()));
}

void require_dfuse(const Board& board) {
  const Loader* loader = find_loader(board.usb);
  if (loader == nullptr || loader->is_dfuse) return;
  throw Error(Errc::protocol,
              fmt::format("it is in {} ({}), which does not speak ST's DfuSe: flash it with the "
                          "tool that belongs to it",
                          loader->name, board.usb.id()),
              "board " + board.port_path());
}

Locks lock(const Job& job, const Board& board) {
  Locks locks;
  locks.push_back(job.host.lock_board(board.port_path()));
  const std::string weakness = locks.back()->weakness();
  if (!weakness.empty()) {
    job.note(Note::Level::warning,
             fmt::format("nothing keeps another stm32boot off board {} meanwhile: {}",
                         board.port_path(), weakness));
  }
  return locks;
}

void require_readable(const DfuseSession& dfu) {
  if (dfu.description().functional.can_upload) return;
  throw Error(Errc::protocol,
              "the device does not let its flash be read, so nothing can be compared or verified");
}

DfuseSession open_session(const Job& job, const Board& board) {
  std::optional<DfuseSession> dfu;
  try {
    with_restarts(job, [&](int) { dfu.emplace(DfuseSession::open(job, board)); });
  } catch (const Error& error) {
    throw error.at("board " + board.port_path());
  }
  return std::move(*dfu);
}

int with_restarts(const Job& job, DfuseSession& dfu, const std::function<void()>& work,
                  Note::Level level) {
  const std::size_t memory = dfu.selected();
  const auto attempt = [&](int restarts) {
    if (restarts > 0) {
      dfu.recover();
      dfu.select(memory);
    }
    work();
  };
  return with_restarts(job, attempt, level);
}

std::uint64_t size_of(const std::vector<Sector>& sectors) {
  std::uint64_t total = 0;
  for (const Sector& sector : sectors) total += sector.size;
  return total;
}

void erase_sectors(const Job& job, DfuseSession& dfu, const std::vector<Sector>& sectors,
                   const std::function<void(std::size_t)>& before) {
  const std::uint64_t total = size_of(sectors);
  const std::string text = sectors_text(sectors.size(), total);
  StageClock clock(job, Stage::erase, total, text, {.sectors = sectors.size()});
  for (std::size_t i = 0; i < sectors.size(); ++i) {
    before ? before(i) : job.check_stop();
    dfu.erase(sectors[i]);
    clock.add(sectors[i].size);
  }
  clock.end(text, {.sectors = sectors.size()});
}

std::string sectors_differ(std::size_t differ, std::size_t all) {
  return fmt::format("{} of {} {}", differ, counted(all, "sector"),
                     differ == 1 ? "differs" : "differ");
}

}  // namespace sysboot
