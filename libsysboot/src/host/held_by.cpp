// SPDX-License-Identifier: GPL-3.0-or-later
// The words that name who holds a file; who that is, each system's processes.cpp knows.
#include "processes.hpp"

namespace sysboot {

std::string held_by(const std::string& file) {
  std::string text;
  for (const Process& process : processes_holding(file)) {
    text += (text.empty() ? ", held by " : " and ") + process.describe();
  }
  return text;
}

}  // namespace sysboot
