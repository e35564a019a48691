// SPDX-License-Identifier: GPL-3.0-or-later
// Boards that were rebooted out of their application: which one a record means, if any still.
#pragma once

#include "sysboot/board.hpp"
#include "sysboot/job.hpp"

namespace sysboot {

DeviceIdentity identity_of(const UsbDeviceInfo& device);

/// The board that was rebooted, if it waits in its bootloader: the very device that came up then.
/// Of a record that was made before anything came up: what is at its port path, when its serial
/// number fits, or the record is not old. None when another device is there, or the application.
std::optional<Board> rebooted_board(Host& host, const RebootRecord& record);

/// It may come up at any moment: nothing has yet, nothing is there, and the record is not old.
bool is_on_its_way(Host& host, const RebootRecord& record);

/// Its bootloader has left: whatever comes up there is not it, as far as anybody can know.
bool is_void(const RebootRecord& record, const std::vector<UsbDeviceInfo>& bus);

/// Before a board is asked to reboot out of its application. Warns when it cannot be kept.
void remember_reboot(const Job& job, const Board& board, const Selector& selector);

/// Keeps the record of `from`, if there is one, true to where its board is now: at `now` in its
/// bootloader; on its way, when it is nowhere. With its application back it is forgotten.
void update_record(Host& host, const std::string& from, const std::optional<Board>& now);

}  // namespace sysboot
