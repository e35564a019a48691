// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/host.hpp"

#include <thread>

namespace sysboot {
namespace {

// Joins them, whatever is thrown meanwhile: the standard library of macOS 14 has no thread that
// does.
class Threads {
 public:
  Threads() = default;
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() {
    for (std::thread& thread : threads_) thread.join();
  }

  void start(std::function<void()> task) { threads_.emplace_back(std::move(task)); }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace

void Host::run_all(std::vector<std::function<void()>> tasks,
                   const std::function<void()>& meanwhile) {
  Threads threads;
  for (auto& task : tasks) threads.start(std::move(task));
  meanwhile();
}

}  // namespace sysboot
