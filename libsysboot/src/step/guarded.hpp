// SPDX-License-Identifier: GPL-3.0-or-later
// Is there guard on this board, and what does it find?
#pragma once

#include "dfuse/session.hpp"
#include "plan/guarded.hpp"
#include "sysboot/inspect.hpp"

namespace sysboot {

/// None also where flash cannot be read, and in other bootloaders than ST's, into which guard does
/// not lead. Errors: those of DfuseSession.
std::optional<Guarded> look_for_guard(DfuseSession& dfu);

/// Do the first words at `address` read the same each time? Those that lost power while they were
/// programmed may not, and read right now and then.
bool reads_the_same(DfuseSession& dfu, std::uint32_t address);

/// After something was erased beside it. Error: mismatch, where guard has gone with it: some clones
/// erase more than the sectors that their layouts name.
void require_guard(const Job& job, DfuseSession& dfu);

/// What guard makes of the application there. Reads all that its stamp covers.
GuardStatus guard_status(const Job& job, DfuseSession& dfu, const Guarded& there);

/// What flash has to do on this board, and what its result says of guard. Nothing is changed yet.
struct FlashWork {
  Image image;  ///< where it goes here
  std::vector<FlashPart> parts;
  std::uint64_t bytes = 0;         ///< of all parts
  std::uint64_t bytes_as_are = 0;  ///< of guard, which the image has and the board, too
  std::optional<Guard> there;      ///< on the board now
  bool changes_guard = false;      ///< it comes, goes, or is replaced
  std::optional<FlashedUnderGuard> guard;
};
/// Errors: those of placed, parts_of; guarded, where the image has another guard than the board,
/// and that is to stay; image_does_not_fit, for guard on a chip that cannot have it; unless forced,
/// made_for_another, for one that keeps its record where the chip may have no RAM, so that it would
/// start nothing, ever.
FlashWork plan_work(const Job& job, DfuseSession& dfu, const Image& image, const UnderGuard& how);

}  // namespace sysboot
