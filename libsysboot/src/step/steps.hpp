// SPDX-License-Identifier: GPL-3.0-or-later
// The steps that several stories share. Each tells its own stage.
#pragma once

#include <functional>

#include "dfuse/session.hpp"
#include "plan/guarded.hpp"
#include "plan/plan.hpp"
#include "sysboot/error.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

/// find_board, with patience for one that is on its way. `firmware` is what the user says it runs.
Board find(const Job& job, const Selector& selector, std::string_view firmware = {});
/// None where any board would do and there is none.
std::optional<Board> find_if_there(const Job& job, const Selector& selector,
                                   std::string_view firmware);
/// For stories that do not enter. Errors: not_in_dfu_mode, with the text `otherwise`;
/// require_dfuse.
Board find_in_dfu_mode(const Job& job, const Selector& selector, const std::string& otherwise);

/// check_options for stories that go on in DFU mode. Error: usage, too, for a firmware that only
/// reboots into bootloaders that do not speak DfuSe.
void check_way_into_dfuse(const EnterOptions& options);

/// Held while a story works on a board: of where it was found, and of where it moved to.
using Locks = std::vector<std::unique_ptr<BoardLock>>;
/// Warns where the system cannot keep other processes off.
Locks lock(const Job& job, const Board& board);

struct Entered {
  EnterResult result;
  Locks locks;  ///< of where it moved to, if it did
};
/// enter() for a board that is found and locked. `selector` is how the user named it.
Entered enter_board(const Job& job, const Board& board, const Selector& selector,
                    const EnterOptions& options);

/// Error: protocol, when the bootloader that it is in is known not to speak DfuSe.
void require_dfuse(const Board& board);

/// DfuseSession::open, with restarts; errors say which board.
DfuseSession open_session(const Job& job, const Board& board);

/// core/restarts.hpp on an open device: a restart finds it in dfuIDLE, with the memory selected
/// that was selected before the first attempt. For work that may be done again as a whole.
int with_restarts(const Job& job, DfuseSession& dfu, const std::function<void()>& work,
                  Note::Level level = Note::Level::warning);

/// Which sectors of the plan hold the image's bytes already. Stops in each at the first difference.
std::vector<bool> compare(const Job& job, DfuseSession& dfu, const FlashPlan& plan);

/// plan_flash, with the device's other memories for a better message.
FlashPlan plan_for(const Image& image, DfuseSession& dfu, bool keep_tail = false);
FlashPlan plan_for(const FlashPart& part, DfuseSession& dfu, bool keep_tail = false);

/// Error: protocol, when the device does not let its memory be read.
void require_readable(const DfuseSession& dfu);

/// Read from system memory; none where it is not known where it is, or a ROM refuses.
std::optional<std::uint8_t> read_bootloader_id(const Job& job, DfuseSession& dfu);

/// Is it the same when it is read once more? One wrong bit makes another chip of it, so nothing is
/// refused because of an id that was read only once.
bool is_confirmed(const Job& job, DfuseSession& dfu, std::optional<std::uint8_t> bootloader_id);

/// Why the image's stack cannot be in the RAM of the chip that is there, which its layout, and
/// where chips that look alike differ in it its bootloader id, tell. None where they leave that
/// open, and for images without a vector table.
std::optional<std::string> stack_problem(const Job& job, DfuseSession& dfu, const Image& image);

std::uint64_t size_of(const std::vector<Sector>& sectors);

/// `before` hears the number of each sector before it is erased, and asks for a stop where there
/// may be one; without it, there may be one before each.
void erase_sectors(const Job& job, DfuseSession& dfu, const std::vector<Sector>& sectors,
                   const std::function<void(std::size_t)>& before = {});

/// How many bytes were read. Error: mismatch, with the first byte that is not erased.
std::uint64_t check_empty(const Job& job, DfuseSession& dfu, const std::vector<Sector>& sectors);

/// "1 of 2 sectors differs"
std::string sectors_differ(std::size_t differ, std::size_t all);

/// Leaves DFU mode and follows the board. Takes the session, because its handle must be closed
/// before the board can come back on some systems.
RunResult leave_and_follow(const Job& job, DfuseSession dfu, std::uint32_t address,
                           const RunOptions& options);

}  // namespace sysboot
