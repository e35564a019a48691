// SPDX-License-Identifier: GPL-3.0-or-later
// From a board in DFU mode to an opened, described and claimed DfuSe interface.
#pragma once

#include "requests.hpp"
#include "session.hpp"

namespace sysboot {

struct DfuseConnection {
  std::unique_ptr<UsbDevice> device;
  DfuseDescription description;
  std::vector<AltSetting> alternates;  ///< up to the flash, until read_alternates
  std::vector<UsbInterface> unread;    ///< those behind
  std::size_t flash = 0;               ///< index of the internal flash
  std::size_t alternate = 0;           ///< index of the selected one
  std::uint32_t block_size = 0;
  /// wTransferSize is more than the host can carry, so block numbers do not count in our blocks.
  bool address_every_block = false;

  const MemoryLayout& layout() const { return *alternates[alternate].layout; }
};

/// Errors: as DfuseSession::open.
DfuseConnection connect(const Job& job, const Board& board);

/// What else the device offers: a name is a request, which flashing does without. Error:
/// board_gone.
void read_alternates(const Job& job, DfuseConnection& link);

}  // namespace sysboot
