// SPDX-License-Identifier: GPL-3.0-or-later
// Takes what a program in the background says apart into lines, whichever system reads it.
#include <stdexcept>

#include "support/process.hpp"

namespace support {

std::string Background::wait_for(const std::string& text, std::chrono::seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
      const std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line.find(text) != std::string::npos) return line;
    }
    if (!read_some(deadline)) {
      throw std::runtime_error("waited for '" + text + "', got:\n" + transcript_);
    }
  }
}

}  // namespace support
