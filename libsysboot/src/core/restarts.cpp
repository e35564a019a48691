// SPDX-License-Identifier: GPL-3.0-or-later
#include "restarts.hpp"

#include <fmt/core.h>

#include "sysboot/error.hpp"

namespace sysboot {

int with_restarts(const Job& job, const std::function<void(int restarts)>& attempt,
                  Note::Level level) {
  for (int restarts = 0;; ++restarts) {
    try {
      attempt(restarts);
      return restarts;
    } catch (const Error& error) {
      if (error.code() != Errc::usb_io || restarts == most_restarts) throw;
      job.note(level, fmt::format("{}; trying again ({} of {})", error.text(), restarts + 1,
                                  most_restarts));
    }
  }
}

}  // namespace sysboot
