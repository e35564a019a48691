// SPDX-License-Identifier: GPL-3.0-or-later
// One look at the world for all threads that ask at the same time.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "bus_events.hpp"

namespace sysboot {

/// `look` is called by one thread at a time, and once for all that ask at the same moment: many
/// boards at once ask all the time.
template <typename Value>
class SharedLook {
 public:
  explicit SharedLook(std::function<Value()> look) : look_(std::move(look)) {}

  /// What was seen at this moment or later.
  Value get(const Moment& moment) {
    std::unique_lock lock(mutex_);
    while (!latest_ || latest_->moment.is_before(moment)) {
      if (is_looking_) {
        ended_.wait(lock);
      } else {
        look_now(lock, moment);
      }
    }
    return latest_->value;
  }

 private:
  struct Seen {
    Moment moment;
    Value value;
  };

  void look_now(std::unique_lock<std::mutex>& lock, const Moment& moment) {
    is_looking_ = true;
    lock.unlock();
    try {
      Seen seen{moment, look_()};
      lock.lock();
      latest_ = std::move(seen);
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      is_looking_ = false;
      ended_.notify_all();
      throw;
    }
    is_looking_ = false;
    ended_.notify_all();
  }

  std::function<Value()> look_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<Seen> latest_;
  bool is_looking_ = false;
};

}  // namespace sysboot
