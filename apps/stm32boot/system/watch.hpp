// SPDX-License-Identifier: GPL-3.0-or-later
// Notices that a file has been written anew.
#pragma once

#include <chrono>
#include <filesystem>

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

 private:
  std::filesystem::path file_;
  FileStamp known_;
  FileStamp seen_;
  Clock::time_point seen_at_;
};

}  // namespace stm32boot
