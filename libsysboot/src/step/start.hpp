// SPDX-License-Identifier: GPL-3.0-or-later
// Where a board may be started: only where a program is. What no program starts from is gone from
// the bus, and with it the state in which it can be mended.
#pragma once

#include "dfuse/session.hpp"
#include "steps.hpp"

namespace sysboot {

/// What a look at the first two words of a program says.
struct FirstWords {
  std::uint32_t address = flash_base;
  /// False where the device lets nothing be read, outside of its flash, and for a program linked
  /// for address 0, which starts with power, but not from the ROM.
  bool is_known = false;
  bool are_erased = false;
  std::uint32_t entry = 0;  ///< what the reset vector points to; 0 where they start nothing
  std::string problem;      ///< why they start nothing: "there is no program at 0x08000000: ..."

  bool start_nothing() const { return !problem.empty(); }
};

/// Reads them from flash. At flash_base, where a reset begins: those of guard's application, where
/// guard is. Errors: those of DfuseSession.
FirstWords look_at_program(const Job& job, DfuseSession& dfu, std::uint32_t address);

/// After these sectors were erased: is what a reset starts gone with them? No, where the device
/// lets nothing be read.
bool is_program_gone(const Job& job, DfuseSession& dfu, const std::vector<Sector>& erased);

struct StartPlace {
  std::optional<std::uint32_t> address;  ///< none: there is nothing to start
  std::optional<bool> starts_by_itself;  ///< after power-off; none where that is not known
  std::string problem;                   ///< why a reset starts nothing
};

/// After an image was flashed, and read back if `is_verified`: the start of flash, where a reset
/// begins, if there is a program (behind guard, if `is_guarded`); else, without guard, the first
/// part of the image that begins with one. Only what
/// the image does not tell is read: under guard all that a stamp covers, unless the image's is
/// right. What option bytes may say of other places to boot from is not looked at.
StartPlace start_place(const Job& job, DfuseSession& dfu, const Image& image, bool is_verified,
                       bool is_guarded);

/// After a visit: what a reset starts. None, with a warning, when there is no program: the board
/// then stays in DFU mode.
std::optional<RunResult> start_again(const Job& job, DfuseSession& dfu, const RunOptions& options);

}  // namespace sysboot
