// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch.hpp"

namespace stm32boot {
namespace {

// Linkers write in pieces.
constexpr auto settled_after = std::chrono::milliseconds(200);

}  // namespace

FileWatch::FileWatch(std::filesystem::path file, Clock::time_point now)
    : file_(std::move(file)), known_(look()), seen_(known_), seen_at_(now) {}

FileWatch::Stamp FileWatch::look() const {
  std::error_code no_time;
  std::error_code no_size;
  const Stamp stamp{std::filesystem::last_write_time(file_, no_time),
                    std::filesystem::file_size(file_, no_size)};
  return no_time || no_size ? Stamp{} : stamp;
}

bool FileWatch::changed(Clock::time_point now) {
  const Stamp stamp = look();
  if (stamp != seen_) {
    seen_ = stamp;
    seen_at_ = now;
  }
  if (seen_ == known_ || seen_ == Stamp{} || now - seen_at_ < settled_after) return false;
  known_ = seen_;
  return true;
}

}  // namespace stm32boot
