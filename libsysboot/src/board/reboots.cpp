// SPDX-License-Identifier: GPL-3.0-or-later
#include "reboots.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/timing.hpp"
#include "identity.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// Serial numbers are kept as they can be printed. One that identifies its board still does after
// that was unplugged and is back; without one, an address is only good until its device leaves.
bool is_same(const DeviceIdentity& known, const UsbDeviceInfo& device) {
  const bool never_left = known.bus == device.bus && known.address == device.address;
  return known.serial == printable(device.serial) &&
         (never_left || identifies_a_board(known.serial));
}

}  // namespace

DeviceIdentity identity_of(const UsbDeviceInfo& device) {
  return {device.bus, device.address, printable(device.serial)};
}

std::optional<Board> rebooted_board(Host& host, const RebootRecord& record) {
  auto board = board_at(host, record.port_path);
  if (!board || board->mode == BoardMode::application) return std::nullopt;
  if (record.bootloader) return is_same(*record.bootloader, board->usb) ? board : std::nullopt;
  const SerialMatch match = match_serials(record.serial, board->usb.serial);
  const bool may_be_it = match == SerialMatch::unknown && record.age < timing::reboot_is_old;
  const bool is_it = match == SerialMatch::equal || match == SerialMatch::offset;
  return is_it || may_be_it ? board : std::nullopt;
}

bool is_on_its_way(Host& host, const RebootRecord& record) {
  return !record.bootloader && record.age < timing::reboot_is_old &&
         !board_at(host, record.port_path);
}

bool is_void(const RebootRecord& record, const std::vector<UsbDeviceInfo>& bus) {
  if (!record.bootloader || identifies_a_board(record.bootloader->serial)) return false;
  return std::none_of(bus.begin(), bus.end(), [&](const auto& device) {
    return device.port_path == record.port_path && is_same(*record.bootloader, device);
  });
}

void remember_reboot(const Job& job, const Board& board, const Selector& selector) {
  RebootRecord record{board.port_path(), board.usb.serial, {}};
  for (const auto& port : board.ports) record.ports.push_back(port.path);
  if (!selector.port.empty()) record.ports.push_back(selector.port);
  try {
    job.host.remember_reboot(record);
  } catch (const Error& error) {
    job.note(
        Note::Level::warning,
        fmt::format("its serial port will not lead to this board while it is in DFU mode, because "
                    "what it was could not be kept: {}",
                    error.what()));
  }
}

void update_record(Host& host, const std::string& from, const std::optional<Board>& now) {
  const auto records = host.reboots();
  const auto found = std::find_if(records.begin(), records.end(), [&](const RebootRecord& record) {
    return record.port_path == from;
  });
  if (found == records.end()) return;
  RebootRecord record = *found;
  record.bootloader.reset();
  const bool runs = now && now->mode == BoardMode::application;
  if (runs || (now && now->port_path() != from)) host.forget_reboot(from);
  if (runs) return;
  if (now) {
    record.port_path = now->port_path();
    record.bootloader = identity_of(now->usb);
  }
  try {
    host.remember_reboot(record);
  } catch (const Error& error) {
    // What it says is no longer so.
    if (error.code() != Errc::cannot_write_output) throw;
    host.forget_reboot(from);
  }
}

}  // namespace sysboot
