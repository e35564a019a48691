// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/host.hpp"

namespace sysboot {

std::vector<std::jthread> Host::start(std::vector<std::function<void()>> tasks) {
  std::vector<std::jthread> threads;
  threads.reserve(tasks.size());
  for (auto& task : tasks) threads.emplace_back(std::move(task));
  return threads;
}

}  // namespace sysboot
