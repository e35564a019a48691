// SPDX-License-Identifier: GPL-3.0-or-later
// One look at the world for all threads that ask at the same time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace sysboot {

/// `look` is called by one thread at a time; those that ask while it runs share the next one. So
/// nobody gets an answer that is older than the question.
template <typename Value>
class SharedLook {
 public:
  explicit SharedLook(std::function<Value()> look) : look_(std::move(look)) {}

  Value get() {
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = begun_ + 1;
    while (done_ < wanted) {
      if (is_looking_) {
        ended_.wait(lock);
      } else {
        look_now(lock);
      }
    }
    return latest_;
  }

 private:
  void look_now(std::unique_lock<std::mutex>& lock) {
    is_looking_ = true;
    const std::uint64_t number = ++begun_;
    lock.unlock();
    try {
      Value seen = look_();
      lock.lock();
      latest_ = std::move(seen);
      done_ = number;
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
  Value latest_{};
  std::uint64_t begun_ = 0;
  std::uint64_t done_ = 0;
  bool is_looking_ = false;
};

}  // namespace sysboot
