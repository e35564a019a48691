// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch.hpp"

#include <utility>

namespace stm32boot {
namespace {

// Linkers write in pieces.
constexpr auto settled_after = std::chrono::milliseconds(200);

}  // namespace

FileWatch::FileWatch(std::filesystem::path file, Clock::time_point now)
    : file_(std::move(file)), known_(stamp_of(file_)), seen_(known_), seen_at_(now) {}

bool FileWatch::changed(Clock::time_point now) {
  const FileStamp stamp = stamp_of(file_);
  if (stamp != seen_) {
    seen_ = stamp;
    seen_at_ = now;
  }
  if (seen_ == known_ || seen_ == FileStamp{} || now - seen_at_ < settled_after) return false;
  known_ = seen_;
  return true;
}

FilesWatch::FilesWatch(const std::vector<std::filesystem::path>& files,
                       FileWatch::Clock::time_point now) {
  for (const std::filesystem::path& file : files) files_.emplace_back(file, now);
}

bool FilesWatch::changed(FileWatch::Clock::time_point now) {
  bool are_settled = true;
  for (FileWatch& file : files_) {
    has_changed_ = file.changed(now) || has_changed_;
    are_settled = are_settled && !file.is_unsettled();
  }
  return are_settled && std::exchange(has_changed_, false);
}

}  // namespace stm32boot
