// SPDX-License-Identifier: GPL-3.0-or-later
#include "wrap.hpp"

#include <sstream>

namespace stm32boot {

std::string wrapped(std::string_view text, std::size_t width, std::size_t at, std::size_t indent) {
  std::istringstream all{std::string(text)};
  std::string lines;
  for (std::string word; all >> word;) {
    if (!lines.empty() && at + 1 + word.size() > width) {
      lines += '\n' + std::string(indent, ' ');
      at = indent;
    } else if (!lines.empty()) {
      lines += ' ';
      ++at;
    }
    lines += word;
    at += word.size();
  }
  return lines;
}

}  // namespace stm32boot
