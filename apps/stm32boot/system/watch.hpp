// SPDX-License-Identifier: GPL-3.0-or-later
// Notices that files have been written anew.
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "file_stamp.hpp"

namespace stm32boot {

class FileWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// Takes the file as it is now for the one that is known.
  explicit FileWatch(std::filesystem::path file, Clock::time_point now = Clock::now());

  /// Is it another one than the known one, and has nobody written to it for a moment? Then it is
  /// the known one from now on. A file that is gone, as while it is linked, is not another one.
  bool changed(Clock::time_point now = Clock::now());
  /// Is it another one that may still be written to, or gone?
  bool is_unsettled() const { return seen_ != known_; }

 private:
  std::filesystem::path file_;
  FileStamp known_;
  FileStamp seen_;
  Clock::time_point seen_at_;
};

/// Several, which a build writes one after the other: changed when one is, and none is unsettled.
class FilesWatch {
 public:
  explicit FilesWatch(const std::vector<std::filesystem::path>& files,
                      FileWatch::Clock::time_point now = FileWatch::Clock::now());

  bool changed(FileWatch::Clock::time_point now = FileWatch::Clock::now());

 private:
  std::vector<FileWatch> files_;
  bool has_changed_ = false;
};

}  // namespace stm32boot
