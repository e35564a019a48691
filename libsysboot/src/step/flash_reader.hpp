// SPDX-License-Identifier: GPL-3.0-or-later
// Reads any range of flash in whole blocks, so that ranges in a row cost one Set Address; RAM, too.
#pragma once

#include "dfuse/session.hpp"

namespace sysboot {

class FlashReader {
 public:
  /// The session must do nothing else while this reader is in use.
  explicit FlashReader(DfuseSession& dfu) : dfu_(dfu) {}

  /// Memory that is not in the session's layout, such as RAM, is read as it is asked for, and the
  /// range then takes no more than a block. `end` is where reading in a row will end, if it goes
  /// on.
  void read(std::uint32_t address, std::span<std::uint8_t> out, std::uint64_t end = 0);

  /// Reads up to the first byte that is not as erasing leaves it.
  bool is_blank(const Job& job, const Sector& sector);

 private:
  void fetch(std::uint32_t address, std::size_t asked, std::uint64_t end);

  DfuseSession& dfu_;
  Bytes block_;
  std::uint32_t block_at_ = 0;
};

}  // namespace sysboot
