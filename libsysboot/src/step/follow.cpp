// SPDX-License-Identifier: GPL-3.0-or-later
#include "follow.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "board/identity.hpp"
#include "board/reboots.hpp"
#include "board/relevance.hpp"
#include "core/patience.hpp"
#include "core/timing.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

using Devices = std::vector<UsbDeviceInfo>;

constexpr Setup get_device_status{0x80, 0x00, 0, 0, 2};  // USB 2.0 section 9.4.5

Devices new_dfu_devices(const Devices& bus, const BusBefore& before) {
  Devices devices;
  std::copy_if(bus.begin(), bus.end(), std::back_inserter(devices), [&](const auto& device) {
    return device.is_in_dfu_mode() && relevance_of(device, false) == Relevance::board &&
           !before.dfu_port_paths.contains(device.port_path);
  });
  return devices;
}

const UsbDeviceInfo* device_at(const Devices& bus, const std::string& port_path) {
  const auto found = std::find_if(bus.begin(), bus.end(), [&](const UsbDeviceInfo& device) {
    return device.port_path == port_path;
  });
  return found == bus.end() ? nullptr : &*found;
}

// To be listed proves little: a ROM whose crystal fails resets into the application. What cannot be
// opened cannot be asked. Hosts report a device that is going as an I/O error at first.
bool has_left_again(const Job& job, const UsbDeviceInfo& device) {
  Duration patience{};
  try {
    std::array<std::uint8_t, 2> data{};
    const auto opened = job.host.open_usb(device);
    const auto status = opened->control(get_device_status, data, timing::first_answer).status;
    if (status == TransferStatus::no_device) return true;
    if (status == TransferStatus::io_error) patience = timing::leaving_shows;
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) throw;
    if (error.code() == Errc::board_gone) return true;
  }
  return job.wait_until(job.host.now() + patience, [&] {
    const Devices bus = job.host.usb_devices();
    const auto* here = device_at(bus, device.port_path);
    return here == nullptr || here->address != device.address;
  });
}

// A hub tells of one device after the other, and sets up each that has come before the next: while
// the bus changes, a board that has left may still be listed. So `within` is measured from the last
// change; `most` is the end in any case.
bool wait_while_bus_changes(const Job& job, Duration within, Duration most,
                            const std::function<bool(const Devices&)>& done) {
  const TimePoint start = job.host.now();
  TimePoint last_change = start;
  std::vector<std::pair<std::string, unsigned>> seen;
  const auto look = [&] {
    const Devices bus = job.host.usb_devices();
    std::vector<std::pair<std::string, unsigned>> devices;
    for (const auto& device : bus) devices.emplace_back(device.port_path, device.address);
    if (!seen.empty() && seen != devices) last_change = job.host.now();
    seen = std::move(devices);
    return done(bus);
  };
  for (TimePoint until = start + within;;) {
    if (job.wait_until(until, look)) return true;
    const TimePoint later = std::min(last_change + within, start + most);
    if (later <= until) return false;
    until = later;
  }
}

// Another thread or process may be after the same board, with better right: it holds the lock.
std::unique_ptr<BoardLock> try_lock(Host& host, const std::string& port_path) {
  try {
    return host.lock_board(port_path);
  } catch (const Error& error) {
    if (error.code() != Errc::busy) throw;
    return nullptr;
  }
}

// Our board as a DFU device: at its port path; or elsewhere, when its serial number says so (a bus
// that is tunnelled renumbers). Serial numbers alone prove little: clones share them, and those of
// neighbours on a wafer may differ by just what some ROMs add.
Followed ours_among(const Devices& devices, Host& host, const BusBefore& before) {
  const auto entered = [](const UsbDeviceInfo& device, std::unique_ptr<BoardLock> lock) {
    return Followed{Outcome::entered, Board{device, BoardMode::dfu, {}}, std::move(lock)};
  };
  if (const auto* here = device_at(devices, before.board.port_path())) return entered(*here, {});
  for (const auto& device : devices) {
    const SerialMatch match = match_serials(before.board.usb.serial, device.serial);
    const bool fits = match == SerialMatch::equal || match == SerialMatch::offset;
    const bool is_new_there = !before.port_paths.contains(device.port_path);
    if (!fits || !is_new_there) continue;
    if (auto lock = try_lock(host, device.port_path)) return entered(device, std::move(lock));
  }
  return {Outcome::lost, {}, {}};
}

// The same firmware shows the same serial number, unless somebody has swapped boards.
void require_same_board(Host& host, const Board& before, const Board& back) {
  const std::string& was = before.usb.serial;
  const std::string& is = back.usb.serial;
  if (was.empty() || is.empty() || was == is) return;
  host.forget_reboot(before.port_path());
  throw Error(Errc::board_gone,
              fmt::format("another board is at its USB port now: serial number {}, not {}",
                          printable(is), printable(was)),
              "board " + before.port_path());
}

// Application and bootloader, whichever came first.
void require_same_chip(Host& host, const Board& before, const Board& now) {
  const bool was_application = before.mode == BoardMode::application;
  const auto& application = (was_application ? before : now).usb.serial;
  const auto& bootloader = (was_application ? now : before).usb.serial;
  if (match_serials(application, bootloader) != SerialMatch::different) return;
  host.forget_reboot(before.port_path());
  throw Error(Errc::board_gone,
              fmt::format("another board is at its USB port now: the application's serial number "
                          "is {}, and the bootloader's {} is of another chip",
                          printable(application), printable(bootloader)),
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

Followed follow_into_dfu(const Job& job, const BusBefore& before, const EnterOptions& options) {
  Followed result;
  bool gone = false;
  // One look at the bus for each answer: many boards at once ask all the time.
  const auto look = [&](const Devices& bus) {
    result = ours_among(new_dfu_devices(bus, before), job.host, before);
    if (result.board && has_left_again(job, result.board->usb)) {
      result = {};
      gone = true;
      return false;
    }
    if (result.board) {
      require_same_chip(job.host, before.board, *result.board);
      return true;
    }
    const auto* here = device_at(bus, before.board.port_path());
    const bool rebooted = here != nullptr && (gone || here->address != before.board.usb.address);
    if (rebooted) {
      const auto board = board_at(job.host, here->port_path);
      if (!board) return false;
      const bool is_loader = board->mode != BoardMode::application;
      if (is_loader) {
        require_same_chip(job.host, before.board, *board);
      } else {
        require_same_board(job.host, before.board, *board);
      }
      result = {is_loader ? Outcome::entered : Outcome::bounced, board, {}};
      return true;
    }
    gone = gone || here == nullptr;
    return false;
  };
  const auto look_while_there = [&](const Devices& bus) { return look(bus) || gone; };
  if (!wait_while_bus_changes(job, options.gone_within, options.back_within, look_while_there)) {
    return {Outcome::ignored, before.board, {}};
  }
  if (result.board) return result;
  const auto look_again = [&] { return look(job.host.usb_devices()); };
  if (job.wait_until(job.host.now() + options.back_within, look_again)) return result;
  return {Outcome::lost, {}, {}};
}

std::vector<Board> other_new_dfu_boards(Host& host, const BusBefore& before,
                                        const std::optional<Board>& ours) {
  std::vector<Board> boards;
  for (const auto& device : new_dfu_devices(host.usb_devices(), before)) {
    const bool is_ours = ours && device.port_path == ours->port_path();
    if (is_ours || host.is_locked(device.port_path)) continue;
    boards.push_back({device, BoardMode::dfu, {}});
  }
  return boards;
}

void expect_reboot(Host& host, const Board& dfu_board) {
  update_record(host, dfu_board.port_path(), std::nullopt);
}

Returned follow_into_application(const Job& job, const Board& dfu_board, Duration back_within) {
  Returned result;
  const auto has_left = [&](const Devices& bus) {
    const auto* here = device_at(bus, dfu_board.port_path());
    return here == nullptr || here->address != dfu_board.usb.address;
  };
  result.left = wait_while_bus_changes(job, timing::bootloader_leaves,
                                       timing::bootloader_leaves + back_within, has_left);
  if (!result.left) {
    update_record(job.host, dfu_board.port_path(), dfu_board);
    return result;
  }
  job.wait_until(job.host.now() + back_within, [&] {
    result.board = board_at(job.host, dfu_board.port_path());
    return result.board.has_value();
  });
  update_record(job.host, dfu_board.port_path(), result.board);
  if (result.board) result.board = await_ports(job, *result.board, 1);
  if (result.board && result.board->mode == BoardMode::application) {
    require_same_chip(job.host, dfu_board, *result.board);
  }
  return result;
}

void require_same_rom(const Board& before, const Board& back) {
  if (back.usb.serial == before.usb.serial) return;
  throw Error(Errc::board_gone,
              fmt::format("another board is at its USB port now: serial number {}, not {}",
                          printable(back.usb.serial), printable(before.usb.serial)));
}

Board await_ports(const Job& job, const Board& board, std::size_t ports_before) {
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
  job.wait_until(job.host.now() + timing::ports_appear, [&] {
    if (const auto now = board_at(job.host, board.port_path())) latest = *now;
    return latest.ports.size() >= ports_before || !will_have_ports();
  });
  // The next program is started as soon as this one has ended.
  job.wait_until(job.host.now() + timing::access_settles, [&] {
    return std::all_of(latest.ports.begin(), latest.ports.end(),
                       [&](const SerialPortInfo& port) { return job.host.may_open(port); });
  });
  return latest;
}

}  // namespace sysboot
