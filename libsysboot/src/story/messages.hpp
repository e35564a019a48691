// SPDX-License-Identifier: GPL-3.0-or-later
// What the threads that work on boards have to say, on its way to the thread that called.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "sysboot/error.hpp"

namespace sysboot {

template <typename Message>
class Queue {
 public:
  void push(Message message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    came_.notify_one();
  }

  Message pop() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return !messages_.empty(); });
    Message message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Message> messages_;
};

/// What it throws; none when it comes back.
template <typename Work>
std::optional<Error> failure_of(const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return Error(Errc::internal, error.what());
  }
}

}  // namespace sysboot
