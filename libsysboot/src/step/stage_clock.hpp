// SPDX-License-Identifier: GPL-3.0-or-later
// Tells of a stage: that it begins, how far it is, and how it ended after how long.
#pragma once

#include "sysboot/job.hpp"

namespace sysboot {

/// The clock runs from the beginning on. A stage that fails has no end.
class StageClock {
 public:
  StageClock(const Job& job, Stage stage, std::uint64_t total = 0, std::string text = {},
             StageFacts facts = {});

  /// Tells the progress.
  void add(std::uint64_t bytes);
  /// How long it took, from the first call on.
  Duration stop();
  void end(std::string text, StageFacts facts = {});
  void end();  ///< with rate_text of what was added

 private:
  const Job& job_;
  Stage stage_;
  TimePoint start_;
  std::uint64_t done_ = 0;
  std::optional<Duration> took_;
};

/// "512 KiB, 60 KiB/s"
std::string rate_text(std::uint64_t bytes, Duration took);

}  // namespace sysboot
