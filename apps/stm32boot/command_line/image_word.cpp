// SPDX-License-Identifier: GPL-3.0-or-later
#include "image_word.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "option_groups.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

bool exists(const std::string& file) {
  std::error_code code;
  return std::filesystem::exists(sysboot::to_path(file), code);
}

// Where the address begins; none where the word is a file.
std::optional<std::size_t> address_in(const std::string& word) {
  const std::size_t at = word.rfind('@');
  const bool is_file =
      at == std::string::npos || word.find_first_of("/\\", at) != std::string::npos || exists(word);
  return is_file ? std::nullopt : std::optional(at + 1);
}

std::optional<std::uint32_t> address_of(const std::string& text) {
  if (text.empty()) throw Error(Errc::usage, "nothing is behind the @; write it as 0x08000000");
  return AddressOption{text}.value();
}

// `flash app.bin 0x08004000`, as with st-flash.
void refuse_address(const std::string& word) {
  const bool looks_so = word.starts_with("0x") || word.starts_with("0X");
  if (!looks_so || exists(word)) return;
  throw Error(Errc::usage,
              fmt::format("'{}' is no file; where a raw binary goes stands behind it: FILE@{}",
                          sysboot::printable(word), sysboot::printable(word)));
}

}  // namespace

ImageWord image_word(const std::string& word) {
  if (word.empty()) throw Error(Errc::usage, "an image is given, but empty");
  const auto address = address_in(word);
  if (!address) {
    refuse_address(word);
    return {word, {}};
  }
  if (*address == 1) {
    throw Error(Errc::usage, fmt::format("'{}' has no file in front of the @: FILE@ADDRESS",
                                         sysboot::printable(word)));
  }
  try {
    return {word.substr(0, *address - 1), address_of(word.substr(*address))};
  } catch (const Error& error) {
    throw Error(Errc::usage, "no such file, and " + error.text(), word);
  }
}

bool say_where_they_go(const std::vector<std::string>& words) {
  return words.size() > 1 || std::any_of(words.begin(), words.end(), address_in);
}

}  // namespace stm32boot
