// SPDX-License-Identifier: GPL-3.0-or-later
// Story two: flash a board, prove it, and bring its new application up.
#pragma once

#include "sysboot/enter.hpp"
#include "sysboot/error.hpp"
#include "sysboot/guard.hpp"

namespace sysboot {

// Device errors, in what follows: board_gone, usb_io (a transfer failed), protocol (the device
// answered with an error status or in a state it must not be in), read_protected; and while it is
// opened not_permitted, no_driver, busy.

struct RunOptions {
  bool wait = true;  ///< for the application to appear on the bus
  /// How long it may take. 0.45 s is usual (rom-to-application re-enumeration, SPRacingF3 log).
  Duration back_within = EnterOptions{}.back_within;
  /// run(): start what looks like no program, too. Only flash that is erased is never started.
  bool force = false;
};

struct RunResult {
  std::uint32_t address = 0;   ///< where the program is that was started
  bool left = false;           ///< the DFU device is gone
  std::optional<Board> board;  ///< the application, once it is back
  bool waited = true;          ///< as the options had it
  Duration back_within{};      ///< the same
  Duration took{};

  /// What is wrong, as an application_missing error; none when the application is back, or was not
  /// to be waited for.
  [[nodiscard]] std::optional<Error> problem() const;
};

struct FlashOptions {
  EnterOptions enter;
  RunOptions run;
  bool compare_first = true;  ///< leave alone sectors that hold the right bytes already
  bool verify = true;         ///< read back what was written, and what it went with
  bool keep = false;          ///< what is behind the image in its last sector, too
  bool name_lost = false;     ///< look at what is there and is lost: FlashResult::lost
  /// Erase and program 32 bits at a time, which takes 2.7 V or more, and goes with verify. With
  /// less, what reads back right may be lost later (RM0383 section 3.5.2). F2, F4 and F7.
  bool x32 = false;
  /// Do not erase sectors that read erased, as all do of a chip that is new. Not the default: a
  /// sector whose erasing power cut off may read erased as well, and not keep what is written
  /// there. It has no effect under guard, which such a sector would outwit. Error: usage, where
  /// flash has, or may have, error correction.
  bool skip_blank = false;
  bool stamp = true;   ///< under guard: give the application its stamp (guard.hpp)
  bool stay = false;   ///< do not run the application afterwards
  bool force = false;  ///< flash it even if it is no program, or for another address or device
};

/// Of a board with guard.
struct FlashedUnderGuard {
  Guard guard;
  bool is_new = false;      ///< it came with the image, and was not there before
  bool is_stamped = false;  ///< the application, which then has 16 bytes that its file has not
};

struct FlashResult {
  EnterResult entered;
  std::uint32_t address = 0;       ///< where the image begins: on a board with guard behind that,
                                   ///< if nobody named an address
  std::size_t sectors = 0;         ///< touched by the image
  std::size_t sectors_erased = 0;  ///< the others already matched, or were blank
  std::size_t sectors_blank = 0;   ///< written without erasing them (FlashOptions::skip_blank)
  std::uint64_t bytes = 0;         ///< of the image
  std::uint64_t bytes_written = 0;
  /// Of the image, read from flash after the last erase and found right; where nothing was erased,
  /// by the comparison.
  std::uint64_t bytes_verified = 0;
  /// What was behind the image in its last sector, not blank, and is gone. Unknown without
  /// name_lost, and where flash cannot be read.
  std::optional<std::vector<FlashRange>> lost = {};
  std::optional<FlashedUnderGuard> guard = {};
  int restarts = 0;  ///< after transient USB errors
  bool has_changed_nothing() const { return sectors_erased == 0 && bytes_written == 0; }
  /// After power-off, which begins at the start of flash: false when there is no program, none
  /// where that cannot be read or was not verified. Option bytes that say otherwise are not looked
  /// at.
  std::optional<bool> starts_by_itself = {};
  std::optional<RunResult> run;  ///< none with stay, and where there is no program to start
  Duration took{};

  /// That of `run`; none without.
  [[nodiscard]] std::optional<Error> problem() const;
};

/// Errors: usage, for options that fit no board: those of check_options(EnterOptions); a firmware
/// that only reboots into bootloaders that do not speak DfuSe; x32 without verify.
void check_options(const FlashOptions& options);

/// The whole of it. The image has been loaded and checked; nothing is written before the plan fits.
/// Sectors are erased as a whole, and images seldom fill theirs. All that is in these sectors
/// before the image's last byte is kept: before its first byte (a bootloader), and between its
/// parts. What is behind its last byte, in its last sector, is mostly the rest of a longer program
/// that was there before, so it goes, unless `keep` says otherwise. When the application does not
/// come back, that is in the result, not an error. Where the board has guard, its sector is never
/// erased: programs begin behind it, get a stamp, and are protected by it from the first change on
/// (guard.hpp). An image with guard in it puts that on a board without. Started is what a reset
/// starts, the program at the start of flash; where there is none, the first part of the image that
/// begins with a vector table; where none does, the board stays in DFU mode. Errors: those of
/// find_board and enter; device errors; image_does_not_fit, naming the first address that is
/// outside the layout or must not be erased and written; guarded, for what would overwrite guard;
/// usage, for x32 where there is none; made_for_another, unless forced; mismatch, with expected and
/// observed bytes at the first difference; interrupted, with the board still in DFU mode;
/// image_does_not_fit, where bytes that are to be kept are on a device that does not let them be
/// read, unless forced. What is refused before anything is erased (image_does_not_fit,
/// guarded, made_for_another, usage, read_protected) gives a board its application back, unless it
/// is to stay in DFU mode.
[[nodiscard]] FlashResult flash(const Job& job, const Selector& selector, const Image& image,
                                const FlashOptions& options);

// Stories that only look at a board leave it as they found it.

struct VisitOptions {
  EnterOptions enter;
  RunOptions run;
  bool stay = false;  ///< in DFU mode, even when the application was running
};

/// Errors: usage, for options that fit no board, as check_options(FlashOptions).
void check_options(const VisitOptions& options);

struct Visit {
  EnterResult entered;
  /// Set when the application was running before: how it came up again. None with stay, when the
  /// board was in DFU mode already, and where there is no program at the start of flash.
  std::optional<RunResult> run;
  Duration took{};

  /// That of `run`; none without.
  [[nodiscard]] std::optional<Error> problem() const;
};

/// What flash would do. The board is asked, its flash is compared, and it is left as it was found.
/// Where there is none, or it must not be rebooted (EnterOptions::may_reboot), the layout of the
/// F411xE is assumed.
struct DryRun {
  std::optional<Board> board;  ///< as it was found
  std::optional<Visit> visit;  ///< none where the layout is assumed
  bool layout_assumed = false;
  bool compared = false;
  MemoryLayout layout;
  std::vector<Sector> touched;
  std::vector<Sector> erase;
  std::uint64_t write_bytes = 0;
  std::uint32_t address = 0;                         ///< as in FlashResult
  std::optional<std::vector<FlashRange>> lost = {};  ///< as in FlashResult; unknown if not asked
  std::optional<FlashedUnderGuard> guard = {};       ///< the same
};
[[nodiscard]] DryRun dry_run(const Job& job, const Selector& selector, const Image& image,
                             const FlashOptions& options);

/// Error: usage, for an address at which no program can start, because it is no multiple of 4.
void check_start(std::uint32_t address);

/// Leaves DFU mode: starts the program at `address` and follows the board until it is back.
/// Errors: those of check_start and find_board; device errors; not_in_dfu_mode; no_program, with
/// the board left in DFU mode, where flash is erased there, or, unless forced, holds no vector
/// table. What cannot be read is run as it is.
[[nodiscard]] RunResult run(const Job& job, const Selector& selector, std::uint32_t address,
                            const RunOptions& options);

/// Reboots an application by way of the bootloader, for which any firmware will do that can be
/// rebooted at all; starts that of a board in DFU mode. Peripherals that the ROM has not used keep
/// their state: DfuSe's leave is a jump, not a reset. Errors: those of enter and run.
[[nodiscard]] Visit restart(const Job& job, const Selector& selector, const VisitOptions& options);

}  // namespace sysboot
