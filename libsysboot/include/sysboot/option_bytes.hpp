// SPDX-License-Identifier: GPL-3.0-or-later
// Option bytes: reading and changing them.
#pragma once

#include "sysboot/device.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

/// Option bytes are read and written by area; chips with two banks have two.
struct OptionArea {
  std::uint32_t address = 0;
  std::uint32_t size = 0;
};

struct OptionBytes {
  std::vector<OptionArea> areas;  ///< never empty
  Bytes bytes;                    ///< of all areas, in that order, as the device sends them
  ChipGuess chip;
  std::vector<OptionField> fields;  ///< F2, F4 and G474 only; empty for all others
};

struct OptionBytesRead {
  Visit visit;
  OptionBytes now;
};
/// Reads them and leaves the board as it was found. Errors: those of find_board, enter;
/// device errors (read_protected among them); protocol, when the device offers no option bytes.
[[nodiscard]] OptionBytesRead read_option_bytes(const Job& job, const Selector& selector,
                                                const VisitOptions& options);

struct OptionBytesWritten {
  Visit visit;
  OptionBytes before;
  std::optional<OptionBytes> after;  ///< none when they can no longer be read, as was wanted (RDP)
};
/// Writes all of them: each area that differs, the first one last, because it holds the read
/// protection. The device resets after each: its application is brought into DFU mode once more.
/// Then the bytes are read back, and the board is left as it was found.
/// Errors: those of read_option_bytes; usage, for a wrong number of bytes and for RDP level 2,
/// which nobody can undo (where the option bytes are not decoded: for any byte that becomes
/// 0xCC); not_proved, when the board does not come back; mismatch, naming both.
[[nodiscard]] OptionBytesWritten write_option_bytes(const Job& job, const Selector& selector,
                                                    ByteView wanted, const VisitOptions& options);

}  // namespace sysboot
