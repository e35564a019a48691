// SPDX-License-Identifier: GPL-3.0-or-later
// What flashing does to flash itself: compare, erase, write, prove.
#pragma once

#include "dfuse/session.hpp"
#include "plan/plan.hpp"
#include "sysboot/error.hpp"
#include "sysboot/flash.hpp"
#include "sysboot/inspect.hpp"

namespace sysboot {

/// What plan_writes has to know of the device.
WriteSizes write_sizes(const DfuseSession& dfu);

/// Error: image_does_not_fit, when the device does not let be read what the plan has to keep; with
/// `force` only a warning, and nothing is kept.
void require_readable_gaps(const Job& job, const DfuseSession& dfu, const Image& image, bool force,
                           FlashPlan& plan);

/// What flash holds now where the plan has gaps, for with_kept.
std::vector<Segment> read_gaps(const Job& job, DfuseSession& dfu, const FlashPlan& plan);

/// What is not blank behind the image, and goes with its last sector; nothing when that matches.
std::vector<FlashRange> find_lost(const Job& job, DfuseSession& dfu, const FlashPlan& plan,
                                  const std::vector<bool>& matches);

/// Error: usage, unless flash is known to take a write wherever it reads erased.
void require_no_error_correction(const DfuseSession& dfu);

/// Takes out of what is to be erased what reads erased; returns that.
std::vector<Sector> leave_blank(const Job& job, DfuseSession& dfu, WritePlan& writes);

/// Makes something of the application at `address` that guard does not start, whenever power fails,
/// before it is erased. Nothing is written where flash is blank.
void invalidate_vectors(const Job& job, DfuseSession& dfu, std::uint32_t address);

/// Makes flash hold what the plan says, and what is to be kept beside it. Under guard an
/// application that is there is first made one that guard does not start.
class Programmer {
 public:
  /// To `result` is added what was erased, written, verified and lost. All must outlive the
  /// programmer.
  Programmer(const Job& job, DfuseSession& dfu, FlashPlan plan, const FlashOptions& options,
             FlashResult& result);

  /// All of it, from wherever flash stands; after an error once more. A device may erase more than
  /// the sector that its layout names (GD32 and other clones): where that took bytes that were
  /// right, all sectors are erased, and then all of them written, which works with every unit of
  /// erasing. Error: mismatch, when flash is wrong even then; those of DfuseSession; interrupted.
  void program();

  /// The error that ended the work, and what else it has cost.
  Error with_loss(const Error& error) const;

 private:
  void read_kept(const std::vector<bool>& matches);
  std::vector<FlashRange> used_parts(const std::vector<const Piece*>& kept) const;
  void skip_blank(WritePlan& writes);
  std::optional<Difference> rewrite(const std::vector<bool>& matches);
  bool is_unexpected(const Difference& difference, const std::vector<bool>& matches) const;
  bool was_broken_off(const std::vector<bool>& matches);
  void write_body(const WritePlan& writes);
  std::optional<Difference> verify_body(const WritePlan& writes);
  void commit(const WritePlan& writes);
  [[noreturn]] void fail(const Difference& difference) const;

  const Job& job_;
  DfuseSession& dfu_;
  FlashPlan plan_;
  const FlashOptions& options_;
  FlashResult& result_;
  std::size_t erased_before_;        // by the programmers of other parts
  std::size_t blank_before_;         // the same
  std::uint64_t written_before_;     // the same
  std::vector<Segment> kept_;        // that plan_ points into
  bool has_erased_ = false;          // so that nothing is left that was broken off before
  bool has_kept_ = false;            // read before the first erase, and never again
  bool erases_more_ = false;         // than the sectors that its layout names
  std::vector<Sector> blank_;        // when they were written, and so not erased
  std::vector<FlashRange> at_risk_;  // erased, and not yet written back
};

}  // namespace sysboot
