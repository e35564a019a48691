// SPDX-License-Identifier: GPL-3.0-or-later
// A word of the command line that names an image: FILE, or FILE@ADDRESS for a raw binary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stm32boot {

struct ImageWord {
  std::string file;  ///< "-" for standard input
  std::optional<std::uint32_t> address;
};

/// A file whose whole name is the word comes first, whatever is in it; then what is behind the last
/// '@' is the address, unless a folder of the path has it. Error: usage, where that is no address,
/// or nothing is in front of it; where the word is an address itself; where it is empty.
ImageWord image_word(const std::string& word);

/// Do the words say by themselves where the images go? One address for all is out of the question
/// for several, or beside FILE@ADDRESS.
bool say_where_they_go(const std::vector<std::string>& words);

}  // namespace stm32boot
